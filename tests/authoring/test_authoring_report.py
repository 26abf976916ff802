"""What instructors ran into: each slip is named with a sentence, and with the way out."""

from __future__ import annotations

import os
import shutil

import pytest
import torch
from authoring_tools import Counting, Sample, Told, tutor

from tutor import locale
from tutor.authoring.check import Options, check_exercise
from tutor.authoring.git import _reason
from tutor.authoring.mutants import mutants_of
from tutor.authoring.probes import what_travels
from tutor.authoring.reading import read_exercise
from tutor.testing import Mismatch, expect_shape

ANSWER = "def f(x):\n    z = x - x.mean(dim=0)\n    return z / z.std()\n"
PROBE = "from tutor.testing import probe\n@probe\ndef p(submission, x, weight):\n"


@pytest.mark.parametrize(
    "body",
    [
        "    z = x - x.mean(dim=0)\n    submission.f(x)\n    return z\n",
        "    x = x - x.mean(dim=0)\n    z = submission.f(x)\n    z = x - x.mean(dim=0)\n    return z\n",
    ],
)
def test_a_probe_that_holds_the_answer(body: str) -> None:
    (flaw,) = what_travels(PROBE + body, [ANSWER], "").flaws
    assert (flaw.name, flaw.kind, flaw.text) == ("p", "answer", "x - x.mean(dim=0)")
    assert what_travels(PROBE + body, [ANSWER], ANSWER).flaws == ()


def test_a_renamed_statement_of_the_answer_counts_in_a_probe() -> None:
    answer = "def f(a, b):\n    return (a - b).square().mean()\n"
    (flaw,) = what_travels(PROBE + "    return (x - weight).square().mean()\n", [answer], "").flaws
    assert (flaw.name, flaw.kind) == ("p", "answer")


@pytest.mark.parametrize(
    "body",
    [
        "    return submission.f(x)\n",
        "    x.requires_grad_()\n    (submission.f(x) * weight).sum().backward()\n    return x.grad\n",
        "    return [p.grad.clone() for p in submission.model.parameters()]\n",
    ],
)
def test_a_probe_that_only_calls(body: str) -> None:
    answer = "def f(x, w):\n    (g(x) * w).sum().backward()\n    return [p.grad.clone() for p in model.parameters()]\n"
    assert what_travels(PROBE + body, [answer, ANSWER], "").flaws == ()


def test_what_is_said_of_a_probe_with_the_answer(sample: Sample) -> None:
    sample.replace("test_centred.py", "    return x.grad", "    y = x - x.mean(dim=0)\n    return x.grad + 0 * y")
    line = sample.path("test_centred.py").read_text().splitlines().index("    y = x - x.mean(dim=0)") + 1
    (found,), _names = read_exercise(sample.exercise)
    assert found.where.endswith(f"test_centred.py:{line}")
    assert found.what == (
        "the probe gradient_of holds the answer, and the submission can read it. Compute it in the test."
    )


def test_a_hint_that_shows_the_answer(sample: Sample) -> None:
    sample.append("faq.md", "\nWrite `return x - x.mean(dim=0).clone().exp()`.\n")
    sample.append("solutions/other_matrix.py", "\n\ndef g(x):\n    return x - x.mean(dim=0).clone().exp()\n")
    (found,), _names = read_exercise(sample.exercise)
    assert "faq.md:" in found.where
    assert "a hint shows what the answer other_matrix.py does" in found.what


@pytest.mark.parametrize("document", ["lesson.md", "faq.ja.md", "solutions/explained.md"])
def test_an_equation_that_cannot_be_shown(sample: Sample, document: str) -> None:
    sample.append(
        document, "\nBetween, $x_i$ is well.\n\n```math\n\\frac{1}{n} \\wrong{x}\n```\n\nAnd `$y$` is code.\n"
    )
    (found,), _names = read_exercise(sample.exercise)
    name, line = found.where.rsplit(":", 1)
    assert name.endswith(document.removeprefix("solutions/"))
    assert sample.path(document).read_text(encoding="utf-8").splitlines()[int(line) - 1] == "```math"
    assert "the equation holds \\wrong, which is not understood here: \\frac{1}{n} \\wrong{x}." in found.what


def test_a_named_pipe(sample: Sample) -> None:
    os.mkfifo(sample.path("pipe"))
    for command in ("check", "add"):
        result = tutor("pack", command, str(sample.folder))
        said = result.out + result.err
        assert result.status != 0
        assert "pipe: this is a named pipe; a pack holds files and folders only" in said
        assert "[(" not in said


def test_what_cannot_be_copied_is_told_line_by_line(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise shutil.Error([("one.py", "there/one.py", "no room"), ("two.py", "there/two.py", "no right")])

    monkeypatch.setattr(shutil, "copytree", refuse)
    result = tutor("pack", "add", str(sample.folder), "--yes")
    assert "one.py: no room\n" in result.err
    assert "two.py: no right" in result.err
    assert "[(" not in result.err


def test_files_that_are_not_sound_are_counted(sample: Sample) -> None:
    sample.path("stub.py").unlink()
    out = tutor("pack", "check", str(sample.folder)).out
    assert out.endswith("1 problem in the files: nothing was graded. Put it right and run the command again.\n")


def test_the_name_of_the_built_in_pack(sample: Sample) -> None:
    manifest = sample.folder / "pack.toml"
    manifest.write_text(manifest.read_text().replace('name = "sample"', 'name = "core"', 1))
    result = tutor("pack", "check", str(sample.folder))
    assert result.status == 1
    assert "pack.toml:" in result.out
    assert "core is the name of the built-in pack" in result.out


def test_a_newer_format(sample: Sample) -> None:
    manifest = sample.folder / "pack.toml"
    manifest.write_text(manifest.read_text().replace("format = 1", "format = 99", 1))
    result = tutor("pack", "add", str(sample.folder), "--yes")
    assert result.status == 2
    assert (
        "This pack needs a newer torch-tutor (format 99; yours reads up to 1): "
        "python -m pip install --upgrade torch-tutor" in result.err
    )


@pytest.mark.parametrize("command", ["remove", "update"])
def test_the_built_in_pack_stays(command: str) -> None:
    result = tutor("pack", command, "core")
    assert result.status == 2
    assert result.err.count("core") == 1
    assert "core is built in; it comes and goes with torch-tutor." in result.err


def test_no_source() -> None:
    result = tutor("pack", "add", "", "--yes")
    assert (result.status, result.out) == (2, "")
    assert "SOURCE is empty" in result.err


def test_a_source_that_is_gone(sample: Sample) -> None:
    assert tutor("pack", "add", str(sample.folder), "--yes").status == 0
    shutil.rmtree(sample.distribution)
    result = tutor("pack", "update", "sample")
    assert result.status == 2
    assert f"sample: its folder {sample.folder} is gone" in result.err
    assert result.err.count("sample: ") == 1


def test_git_says_why_on_the_next_line() -> None:
    assert _reason(["Cloning", "fatal: unable to access:", "no route"]) == "fatal: unable to access: no route"
    assert _reason(["fatal: no such repository", "more"]) == "fatal: no such repository"
    assert _reason([]) == ""


def test_git_says_why_on_a_line_of_its_own_in_japanese() -> None:
    try:
        locale.use("ja")
        said = tutor("--lang", "ja", "pack", "add", "file:///no/such/place.git", "--yes").err
    finally:
        locale.use("en")
    assert "git からのメッセージ：「" in said.splitlines()[1]


def test_a_japanese_sentence_about_a_name_of_the_code() -> None:
    try:
        locale.use("ja")
        with pytest.raises(Mismatch) as caught:
            expect_shape(torch.ones(2), (3,), what="x")
    finally:
        locale.use("en")
    assert str(caught.value).startswith("x の")


def test_the_guard_of_zip_is_left_alone() -> None:
    changes = [m.change for m in mutants_of("def f(a, b):\n    return list(zip(a, b, strict=True))\n", "s.py")]
    assert any("zip(b, a, strict=True)" in change for change in changes)
    assert not [change for change in changes if "strict=False" in change or "strict=None" in change]
    assert not [change for change in changes if "zip(a, b)" in change]
    kept = [m.change for m in mutants_of("def f(m, s):\n    m.load_state_dict(s, strict=True)\n", "s.py")]
    assert any("strict=False" in change for change in kept)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_library_that_is_not_here(sample: Sample, graders: Counting) -> None:
    sample.replace("exercise.toml", "difficulty", 'needs = ["no_such_library_1"]\ndifficulty')
    result = await check_exercise(sample.exercise, graders, Options(seeds=1), Told())
    (found,) = result.problems
    assert found.where.endswith("needs[0]")
    assert found.what == "'no_such_library_1' is not installed here, so this exercise is not proved"
    assert graders.graded == 0


@pytest.mark.asyncio(loop_scope="session")
async def test_an_author_is_told_where_the_grader_fails(sample: Sample, graders: Counting) -> None:
    sample.replace("test_centred.py", "        x = tensors(*shape) + 3", "        x = tensors(*shape) + {}[3]")
    line = sample.path("test_centred.py").read_text().splitlines().index("        x = tensors(*shape) + {}[3]") + 1
    result = await check_exercise(sample.exercise, graders, Options(seeds=1, timed=False), Told())
    said = "\n".join(found.what for found in result.problems)
    assert f"test_centred.py:{line}: test_value: KeyError: 3" in said
    assert "not your code's doing" not in said


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_remembered_depends_on_no_language(sample: Sample, graders: Counting) -> None:
    sample.append("stub.py", "\n# of this test\n")
    options = Options(seeds=1, timed=False)
    await check_exercise(sample.exercise, graders, options, Told())
    graded = graders.graded
    try:
        locale.use("ja")
        again = await check_exercise(sample.exercise, graders, options, Told())
    finally:
        locale.use("en")
    assert again.ok
    assert graders.graded == graded
