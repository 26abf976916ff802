"""The catalogue as a whole: every entry proved, in both languages, and silent where it does not know."""

from __future__ import annotations

import string

import msgspec
import pytest
from feedback_cases import CASES
from feedback_raising import fault_of, raised_by, words
from hypothesis import given
from hypothesis import strategies as st
from test_feedback_wordings import RECORDED

from tutor import locale
from tutor.feedback import Explanation, explain
from tutor.feedback.errors import CATALOGUE, Entry, message_of
from tutor.grading.raised import Frame, Raised, Variable, cleaned
from tutor.grading.report import RequirementResult
from tutor.locale import _

ENTRIES = sorted({entry.id for entry in CATALOGUE})


def places(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def test_every_entry_is_raised_or_recorded() -> None:
    proved = {case.entry for case in CASES} | {row[0] for row in RECORDED}
    assert proved == set(ENTRIES)


def test_what_needs_no_gpu_is_really_raised() -> None:
    only_recorded = set(ENTRIES) - {case.entry for case in CASES}
    assert only_recorded == {"cuda-fork", "gpu-memory", "gpu-assert", "no-gpu"}


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.id)
def test_texts_exist_in_both_languages_with_the_same_places(entry: Entry) -> None:
    locale.use("ja")
    for text in (entry.meaning, entry.look, entry.point if isinstance(entry.point, str) else ""):
        if text and text.strip("{}").isidentifier():
            continue  # only what the message says: there is nothing to translate
        if text:
            assert _(text) != text
            assert places(_(text)) == places(text)


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.id)
def test_texts_are_sentences_that_call_nothing_easy(entry: Entry) -> None:
    assert entry.meaning.endswith((".", ".)", "{sign}"))
    assert entry.look.endswith((".", "?"))
    assert not {"just", "simply", "obviously"} & set(entry.meaning.lower().split() + entry.look.lower().split())


SILENT = [
    ("ValueError", "the batch is too small"),
    ("RuntimeError", "something went wrong"),
    ("RuntimeError", ""),
    ("AssertionError", ""),
    ("AssertionError", "shapes differ"),
    ("TypeError", "x must be positive"),
    ("IndexError", "no such row"),
    ("KeyboardInterrupt", ""),
    ("StopIteration", ""),
    ("NotImplementedError", ""),
    ("MyError", "mat1 and mat2"),
]


@pytest.mark.parametrize(("kind", "text"), SILENT)
def test_an_unknown_error_is_not_explained(kind: str, text: str) -> None:
    assert explain(fault_of(words(text, kind))) is None


@pytest.mark.parametrize(
    "statement",
    [
        'raise ValueError("step must be greater than zero")',
        'raise RuntimeError("mat1 and mat2 shapes cannot be multiplied (3x4 and 5x2)")',
        "raise KeyError(3)",
        "raise MemoryError",
        "raise ZeroDivisionError(\n        'division by zero'\n    )",
    ],
)
def test_what_the_learner_raises_needs_no_explanation(statement: str) -> None:
    assert explain(fault_of(raised_by(f"def go():\n    {statement}\n"))) is None


def test_a_failure_without_an_exception_is_not_explained() -> None:
    assert explain(RequirementResult("test_value", "failed", "The value is wrong.")) is None


def test_an_explanation_follows_the_language() -> None:
    about = fault_of(words("only one dimension can be inferred", expression="x.view(-1, -1)"))
    english = explain(about)
    locale.use("ja")
    japanese = explain(about)
    assert isinstance(english, Explanation)
    assert isinstance(japanese, Explanation)
    assert english.look.startswith("Line 3: ")
    assert japanese.look.startswith("3 行目")


def test_the_words_of_a_worker_are_found_behind_its_traceback() -> None:
    text = (
        "Caught IndexError in DataLoader worker process 0.\nOriginal Traceback (most recent call last):\n"
        '  File "answer.py", line 7, in __getitem__\nIndexError: index out of range in self\n'
    )
    assert message_of(Raised("IndexError", ("IndexError",), text)) == "index out of range in self"


def test_of_many_parameters_those_are_named_that_the_message_mentions() -> None:
    weights = tuple(Variable(f"net[{i}].weight", "Parameter", (8, i + 2), "float32", "cpu") for i in range(20))
    x = Variable("x", "Tensor", (3, 4), "float32", "cpu")
    other = Variable("other", "Tensor", (9, 9), "float32", "cpu")
    frame = Frame(7, "go", "y = net(x)", "net(x)", (*weights, x, other))
    text = "mat1 and mat2 shapes cannot be multiplied (3x4 and 13x8)"
    found = explain(fault_of(Raised("RuntimeError", ("RuntimeError",), text, 7, (frame,))))
    assert found is not None
    assert found.tensors[1:] == ("`x`: shape (3, 4)", "`net[11].weight`: shape (8, 13)")


hostile = st.builds(
    Raised,
    st.sampled_from(["RuntimeError", "ValueError", "\x1b[2J"]),
    st.lists(st.sampled_from(["RuntimeError", "TypeError", "KeyError"]), max_size=3).map(tuple),
    st.one_of(st.text(max_size=50), st.sampled_from([row[2] for row in RECORDED])).flatmap(
        lambda text: st.text(max_size=8).map(lambda more: text + more)
    ),
    st.one_of(st.none(), st.integers(-5, 2**40)),
    st.lists(
        st.builds(
            Frame,
            st.integers(-5, 2**40),
            st.text(max_size=5),
            st.text(max_size=20),
            st.text("x.[]{}0", max_size=9),
            st.lists(
                st.builds(
                    Variable,
                    st.sampled_from(["x", "x[0]", "{x}", "x.x", ""]),
                    st.text(max_size=5),
                    st.one_of(st.none(), st.lists(st.integers(-3, 2**60), max_size=14).map(tuple)),
                    st.sampled_from(["", "float32", "{0}"]),
                    st.sampled_from(["", "cpu"]),
                    st.booleans(),
                    st.sampled_from([None, True, False]),
                ),
                max_size=4,
            ).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    st.text(max_size=10),
    st.text(max_size=10),
)


@given(hostile)
def test_whatever_a_box_sends_is_explained_or_not_without_an_exception(raised: Raised) -> None:
    clean = cleaned(raised)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(clean), type=Raised) == clean
    found = explain(fault_of(clean))
    if found is not None:
        said = "".join((found.meaning, *found.tensors, found.look))
        assert not any(ord(sign) < 32 and sign not in "\n\t" for sign in said)
        assert len(found.tensors) <= 5
