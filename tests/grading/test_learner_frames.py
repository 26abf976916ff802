"""What the box says of the learner's frames: true, capped, and found out without calling anything of the learner's."""

from __future__ import annotations

import builtins
from textwrap import dedent

import msgspec
import numpy as np
import pytest
import torch

from tutor.grading import learner_frames
from tutor.grading.raised import (
    MOST_CODE,
    MOST_FRAMES,
    MOST_KINDS,
    MOST_TEXT,
    MOST_VARIABLES,
    Frame,
    Raised,
    Variable,
    cleaned,
    root_of,
)

FILE = "/box/answer.py"


def raised_by(code: str) -> Raised:
    """What ``go()`` of a submission raises, as the box describes it."""
    source = dedent(code)
    space: dict[str, object] = {"__name__": "answer", "torch": torch, "nn": torch.nn, "np": np}
    exec(compile(source, FILE, "exec"), space)
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever it is
        space["go"]()  # type: ignore[operator]
    return learner_frames.raised(caught.value, source.splitlines(keepends=True), lambda name: name == FILE)


def variables_of(code: str) -> dict[str, Variable]:
    return {variable.name: variable for variable in raised_by(code).frames[-1].variables}


def test_frames_are_the_learners_own_with_the_expression_that_failed() -> None:
    found = raised_by(
        """
        class Net(nn.Module):
            def forward(self, x):
                return 1 + torch.nn.functional.linear(
                    x, torch.ones(2, 9)
                )

        def go():
            return Net()(torch.ones(3, 4))
        """
    )
    assert (found.kind, found.line, found.origin) == ("RuntimeError", 4, "")
    assert [frame.function for frame in found.frames] == ["go", "forward"]
    last = found.frames[-1]
    assert last.code == "return 1 + torch.nn.functional.linear("
    assert last.expression == "torch.nn.functional.linear(x, torch.ones(2, 9))"
    assert found.frames[0].expression == "Net()(torch.ones(3, 4))"


def test_columns_count_characters_where_they_are_wide() -> None:
    found = raised_by('def go():\n    名 = "次元"; x = torch.ones(2); return 名, x.sum(5)\n')
    assert found.frames[-1].expression == "x.sum(5)"


def test_where_torch_raised_is_said() -> None:
    found = raised_by("def go():\n    nn.functional.cross_entropy(torch.ones(2, 3), torch.ones(2))\n")
    assert found.origin == "torch.nn.functional.cross_entropy"


def test_tensors_arrays_modules_and_lists_are_described() -> None:
    found = variables_of(
        """
        def go():
            x = torch.ones(2, 3, dtype=torch.float64)
            bad = torch.tensor([1.0, float("nan")])
            ids = torch.tensor([1])
            w = nn.Parameter(torch.ones(2))
            a = np.ones((2, 3))
            there = torch.empty(5, device="meta")
            net = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
            net.extra = torch.zeros(7)
            parts = [x, 1, ids]
            nothing = None
            number = 5
            1 / 0
        """
    )
    assert found["x"] == Variable("x", "Tensor", (2, 3), "float64", "cpu", False, True)
    assert found["bad"].finite is False
    assert found["ids"].finite is None
    assert found["w"] == Variable("w", "Parameter", (2,), "float32", "cpu", True, True)
    assert found["a"] == Variable("a", "ndarray", (2, 3), "float64", "", False, True)
    assert found["there"] == Variable("there", "Tensor", (5,), "float32", "meta", False, None)
    assert found["net"] == Variable("net", "Sequential")
    assert found["net[0].weight"].shape == (4, 3)
    assert found["net.extra"].shape == (7,)
    assert found["parts"] == Variable("parts", "list", (3,))
    assert found["parts[2]"].dtype == "int64"
    assert found["nothing"] == Variable("nothing", "NoneType")
    assert "number" not in found


def test_those_that_the_line_names_come_first_and_the_rest_is_cut() -> None:
    many = "\n".join(f"    t{i} = torch.ones({i})" for i in range(60))
    found = raised_by(f"def go():\n{many}\n    return t57 @ torch.ones(9)\n").frames[-1].variables
    assert len(found) == MOST_VARIABLES
    assert found[0].name == "t57"


def test_a_large_tensor_is_sampled() -> None:
    found = variables_of(
        """
        def go():
            whole = torch.ones(1000, 1000)
            holed = torch.full((1000, 1000), float("inf"))
            turned = holed.t()
            1 / 0
        """
    )
    assert found["whole"].finite is None
    assert found["holed"].finite is False
    assert found["turned"].finite is None


def test_nothing_of_the_learners_is_called() -> None:
    found = variables_of(
        """
        calls = []

        class Loud(torch.Tensor):
            @classmethod
            def __torch_function__(cls, func, types, args=(), kwargs=None):
                calls.append(func)
                raise SystemExit(7)

            def __getattribute__(self, name):
                calls.append(name)
                raise SystemExit(8)

        class Module(nn.Module):
            def __getattribute__(self, name):
                if name in ("training", "__class__"):
                    return object.__getattribute__(self, name)
                calls.append(name)
                raise SystemExit(9)

            def __len__(self):
                raise SystemExit(10)

        class Items(list):
            def __len__(self):
                raise SystemExit(11)

        def go():
            loud = torch.ones(2, 3).as_subclass(Loud)
            module = object.__new__(Module)
            items = Items([1])
            calls.clear()
            1 / 0
        """
    )
    assert found["loud"] == Variable("loud", "Loud", (2, 3), "float32", "cpu")
    assert found["module"] == Variable("module", "Module")
    assert "items" not in found


def test_an_exception_without_text_and_with_an_endless_name_is_described() -> None:
    found = raised_by(
        """
        class Meta(type):
            @property
            def __name__(cls):
                raise SystemExit(1)

        class Mute(Exception, metaclass=Meta):
            def __str__(self):
                raise SystemExit(2)

        def go():
            raise type("x" * 100_000, (Mute,), {})("no")
        """
    )
    assert found.kind.startswith("xxx")
    assert len(found.kind) <= 80
    assert found.kinds[1] == "Mute"
    assert found.text == ""


def test_of_a_long_text_the_end_is_kept_too() -> None:
    found = raised_by("def go():\n    raise ValueError('a' * 9000 + 'the end')\n")
    assert len(found.text) <= MOST_TEXT
    assert found.text.endswith("the end")


def test_half_a_character_can_be_written() -> None:
    found = raised_by("def go():\n    raise ValueError('\\ud83d' + chr(0xdc00))\n")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Raised) == found


def test_of_many_frames_the_innermost_are_kept() -> None:
    found = raised_by("def deep(n):\n    return deep(n - 1) if n else 1 / 0\n\ndef go():\n    deep(50)\n")
    assert len(found.frames) == MOST_FRAMES
    assert all(frame.function == "deep" for frame in found.frames)
    assert not any(frame.variables for frame in found.frames)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("torch.ones(2).summ()", "sum"),
        ("torch.nn.functional.sofmax", "softmax"),
        ("logits = 1\n    logit + 1", "logits"),
        ("raneg(3)", "range"),
        ("nn.Sequential(nn.ReLU()).forwad", "forward"),
        ("import tortch", "torch"),
        ("from torch.nn import Liner", "Linear"),
        ("zzqqxx", ""),
        ("1 / 0", ""),
    ],
)
def test_a_name_that_may_have_been_meant_is_suggested(code: str, name: str) -> None:
    assert raised_by(f"def go():\n    {code}\n").suggestion == name
    assert name in ("", "torch", "softmax", "Linear", "logits", "forward", "sum") or hasattr(builtins, name)


def test_submodules_are_suggested_as_well() -> None:
    found = raised_by("def go():\n    net = nn.Module()\n    net.linear = nn.ReLU()\n    net.linaer\n")
    assert found.suggestion == "linear"


def test_what_a_box_says_is_cut_and_cleaned() -> None:
    bad = "\x1b[2J" + "x" * 5000 + "\x00\n\x9b1m"
    variable = Variable(bad, bad, (-1, 2), bad, bad)
    huge = Variable("v", "Tensor", tuple(range(50)))
    frame = Frame(-4, bad, bad, bad, (variable, huge) * 40)
    found = cleaned(Raised(bad, (bad,) * 50, bad, 10**12, (frame,) * 50, bad, bad))
    assert len(found.text) <= MOST_TEXT
    assert len(found.kinds) == MOST_KINDS
    assert len(found.frames) == MOST_FRAMES
    assert found.line is None
    last = found.frames[-1]
    assert last.line == 0
    assert len(last.variables) == MOST_VARIABLES
    assert {v.shape for v in last.variables} == {None}
    for text in (found.kind, found.text, found.origin, last.function, last.code, last.variables[0].name):
        assert len(text) <= MOST_TEXT
        assert not set("\x1b\x00\x9b") & set(text)
    assert len(last.code) <= MOST_CODE


def test_the_root_of_a_name_is_what_the_learner_writes() -> None:
    assert [root_of(name) for name in ("x", "x[0]", "net.bias", "self.net[0].weight", "self.w")] == [
        "x",
        "x",
        "net",
        "self.net",
        "self.w",
    ]
