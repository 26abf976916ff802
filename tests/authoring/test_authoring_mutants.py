"""Mutants of a right answer: which there are, and that each is a program of its own."""

from __future__ import annotations

import pytest

from tutor.authoring.mutants import mutants_of

BODY = """\
import torch

def f(x: torch.Tensor, y: torch.Tensor, eps: float = 1e-6) -> torch.Tensor:
    \"\"\"Not mutated.\"\"\"
    {line}
"""


def changes(line: str) -> set[str]:
    """What may stand in the place of ``line``."""
    found = mutants_of(BODY.format(line=line))
    return {mutant.change.removeprefix(f"{line} -> ") for mutant in found if mutant.change.startswith(f"{line} -> ")}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return x.detach()", "return x"),
        ("optimizer.zero_grad()", "pass"),
        ("return x.mean()", "return x.sum()"),
        ("return x.sum()", "return x.mean()"),
        ("return loss(x, reduction='mean')", "return loss(x, reduction='sum')"),
        ("return x.sum(dim=1)", "return x.sum(dim=0)"),
        ("return x.sum(dim=-1)", "return x.sum(dim=0)"),
        ("return x.sum(dim=1)", "return x.sum()"),
        ("return x.sum(dim=1, keepdim=True)", "return x.sum(dim=1, keepdim=False)"),
        ("model.train()", "model.eval()"),
        ("model.eval()", "model.train()"),
        ("return x.var(dim=0)", "return x.var(dim=0, correction=0)"),
        ("return x.var(unbiased=False)", "return x.var(unbiased=True)"),
        ("return x / (y + eps)", "return x / y"),
        ("return x / (y + 1e-8)", "return x / y"),
        ("return x.clamp(min=1e-8)", "return x.clamp(min=0.0)"),
        ("return torch.where(x, y, eps)", "return torch.where(y, x, eps)"),
        ("return x + y", "return x - y"),
        ("return x * y", "return x / y"),
        ("return x - y", "return y - x"),
        ("return x + y", "return x"),
        ("return x @ y.T", "return x @ y"),
        ("return x[:3]", "return x[:2]"),
        ("return x < y", "return x <= y"),
        ("return x < y", "return x > y"),
        ("return torch.exp(x)", "return x"),
        ("return -x", "return +x"),
        ("return x.exp() + y", "return x.exp().detach() + y"),
        ("return f(x)", "return f(y)"),
    ],
)
def test_slips_of_the_field(line: str, expected: str) -> None:
    assert expected in changes(line)


def test_a_branch_is_taken_always_and_never() -> None:
    found = {mutant.change for mutant in mutants_of("def f(x):\n    if x:\n        return 1\n    return 2\n")}
    assert {"if x: -> if True:", "if x: -> if False:"} <= found


def test_no_grad_is_lifted() -> None:
    found = {mutant.change for mutant in mutants_of("def f(x):\n    with torch.no_grad():\n        return x\n")}
    assert "with torch.no_grad(): -> with torch.enable_grad():" in found


def test_texts_annotations_and_imports_stay() -> None:
    for mutant in mutants_of(BODY.format(line="return x + y")):
        assert "import torch\n" in mutant.source
        assert "x: torch.Tensor" in mutant.source
        assert '"""Not mutated."""' in mutant.source


def test_every_mutant_is_another_program() -> None:
    source = BODY.format(line="return (x + y).mean() * 2.0")
    found = mutants_of(source)
    assert len({mutant.source for mutant in found} | {source}) == len(found) + 1
    assert len({mutant.change for mutant in found}) == len(found)
    for mutant in found:
        compile(mutant.source, "mutant", "exec")
        assert mutant.diff.splitlines()[0] == "--- solution.py"


def test_what_compiles_to_the_same_is_no_mutant() -> None:
    found = {mutant.source for mutant in mutants_of("x = 2 + 0\n")}
    assert "x = 3 + 0\n" in found
    assert "x = 2 - 0\n" not in found


def test_comments_do_not_name_a_mutant() -> None:
    with_comment = mutants_of(BODY.format(line="return x + y  # the sum"))
    assert {mutant.change for mutant in with_comment} == {
        m.change for m in mutants_of(BODY.format(line="return x + y"))
    }


def test_no_python() -> None:
    with pytest.raises(ValueError, match="Syntax"):
        mutants_of("def f(:\n")
