"""From a submission to the exception it raises, as data, on the way that a box and a judge take."""

from __future__ import annotations

import warnings

import msgspec
import pytest

from tutor.grading import calls, learner_frames
from tutor.grading.raised import Frame, Raised, cleaned
from tutor.grading.report import Fault
from tutor.testing.probe import ProbeRaised

FILE = "/box/answer.py"


def raised_by(source: str) -> Raised:
    """What importing ``source``, or its ``go()``, raises.

    Raises:
        AssertionError: nothing.
    """
    lines = source.splitlines(keepends=True)
    space: dict[str, object] = {"__name__": "answer"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(source, FILE, "exec"), space)
            space["go"]()  # type: ignore[operator]
    except Exception as error:
        found = learner_frames.raised(error, lines, lambda name: name == FILE)
        if isinstance(error, SyntaxError):
            found = Raised(found.kind, found.kinds, error.msg, error.lineno)
        return crossed(found)
    raise AssertionError("nothing was raised")


def crossed(found: Raised) -> Raised:
    """``found`` as it comes out on the judge's side."""
    with pytest.raises(ProbeRaised) as caught:
        calls.read_answer(calls.raised(found))
    return msgspec.convert(caught.value.data, Raised)


def words(text: str, kind: str = "RuntimeError", *, expression: str = "", origin: str = "") -> Raised:
    """An exception of which only the words are known."""
    derived = {"NotImplementedError", "OutOfMemoryError", "AcceleratorError", "RecursionError"}
    bases = (kind, "RuntimeError", "Exception") if kind in derived else (kind, "Exception")
    frames = (Frame(3, "go", expression, expression),) if expression else ()
    return cleaned(Raised(kind, bases, text, 3 if frames else None, frames, origin))


def fault_of(found: Raised) -> Fault:
    return Fault("import", "It failed.", found.line, raised=found)
