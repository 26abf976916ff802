"""What a run shows: no more of it than a screen can, whatever a submission sends."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tutor.grading import messages
from tutor.grading.messages import Draw, Show
from tutor.grading.report import (
    MOST_CELLS,
    MOST_CLASSES,
    MOST_IMAGES,
    MOST_SIDE,
    MOST_SPOTS,
    Drawing,
    Drawn,
    Event,
    Image,
    Images,
    Matrix,
    Picture,
    Report,
    Scatter,
)
from tutor.grading.shown import MOST_CURVES, MOST_DRAWINGS, MOST_DRAWN, MOST_POINTS, Shown

DIGIT = Images("digit", (Image(1, 2, b"\x00\xff"),))


def shown(*shows: Show | Draw) -> tuple[Shown, list[Event]]:
    events: list[Event] = []
    seen = Shown(1, events.append)
    for show in shows:
        seen.show(show, "test_one")
    return seen, events


def test_curves_and_drawings_are_kept_and_sent_on() -> None:
    seen, events = shown(Show("curve", "loss", (2.0,)), Show("curve", "loss", (1, 0.5)), Draw(DIGIT))
    assert [(c.name, c.values, c.requirement) for c in seen.curves] == [("loss", (2.0, 1.0, 0.5), "test_one")]
    assert seen.drawings == (msgspec.structs.replace(DIGIT, requirement="test_one"),)
    assert events[-1] == Drawn(1, seen.drawings[0])
    assert len(events) == 3


def test_curves_are_limited_in_number_but_those_that_are_there_go_on() -> None:
    names = [f"curve {number}" for number in range(MOST_CURVES + 5)]
    seen, events = shown(*(Show("curve", name, (1.0,)) for name in names), Show("curve", names[0], (2.0,)))
    assert [curve.name for curve in seen.curves] == names[:MOST_CURVES]
    assert seen.curves[0].values == (1.0, 2.0)
    assert len(events) == MOST_CURVES + 1


def test_points_are_limited() -> None:
    seen, _events = shown(Show("curve", "loss", (1.0,) * MOST_POINTS), Show("curve", "loss", (1.0,)))
    assert [len(curve.values) for curve in seen.curves] == [MOST_POINTS]


def test_the_newest_drawing_of_a_name_takes_the_place_of_the_one_before() -> None:
    later = msgspec.structs.replace(DIGIT, images=(Image(1, 1, b"\x07"),))
    seen, events = shown(Draw(DIGIT), Draw(Matrix("map", ((1.0,),))), Draw(later))
    assert [drawing.name for drawing in seen.drawings] == ["digit", "map"]
    assert seen.drawings[0] == msgspec.structs.replace(later, requirement="test_one")
    assert len(events) == 3


def large() -> list[Drawing]:
    side = "x" * 500
    return [
        Images("grey", (Image(MOST_SIDE, MOST_SIDE, bytes(MOST_SIDE**2)),)),
        Images("colour", (Image(MOST_SIDE, MOST_SIDE, bytes(3 * MOST_SIDE**2), side, True),)),
        Images("many", (Image(32, 32, bytes(3 * 32 * 32)),) * MOST_IMAGES),
        Matrix("m", ((0.1,) * MOST_CELLS,) * MOST_CELLS, (side,) * MOST_CELLS, (side,) * MOST_CELLS, (side, side)),
        Scatter("s", ((0.1, 0.2),) * MOST_SPOTS, (MOST_CLASSES - 1,) * MOST_SPOTS, (side,) * MOST_CLASSES),
    ]


@pytest.mark.parametrize("drawing", large(), ids=lambda drawing: drawing.name)
def test_what_is_as_large_as_the_limit_crosses_and_is_kept(drawing: Drawing) -> None:
    message = messages.decode_from_box(messages.encode(Draw(drawing)))
    assert isinstance(message, Draw)
    seen, events = shown(message)
    assert [d.name for d in seen.drawings] == [drawing.name]
    assert len(events) == 1
    assert max(map(len, texts_of(msgspec.to_builtins(seen.drawings)))) <= 100


def texts_of(plain: Any) -> list[str]:
    if isinstance(plain, str):
        return [plain] if len(set(plain)) == 1 or plain.endswith("…") else [plain[:0]]
    if isinstance(plain, dict):
        plain = [value for key, value in plain.items() if key != "pixels"]
    return [text for part in plain for text in texts_of(part)] if isinstance(plain, (list, tuple)) else [""]


@pytest.mark.parametrize(
    "drawing",
    [
        Images("none", ()),
        Images("high", (Image(MOST_SIDE + 1, 1, bytes(MOST_SIDE + 1)),)),
        Images("flat", (Image(0, 1, b""),)),
        Images("below nothing", (Image(-1, -1, b"\0"),)),
        Images("long", (Image(1, 1, bytes(3 * MOST_SIDE**2 + 1)),)),
        Images("many", (Image(1, 1, b"\0"),) * (MOST_IMAGES + 1)),
        Images("words", (Image(1, 1, "no"),)),  # type: ignore[arg-type]
        Matrix("none", ()),
        Matrix("empty", ((),)),
        Matrix("wide", ((0.0,) * (MOST_CELLS + 1),)),
        Matrix("high", ((0.0,),) * (MOST_CELLS + 1)),
        Matrix("words", (("a",),)),  # type: ignore[arg-type]
        Scatter("none", ()),
        Scatter("many", ((0.0, 0.0),) * (MOST_SPOTS + 1)),
        Scatter("flat", ((0.0,),)),  # type: ignore[arg-type]
        Scatter("classes", ((0.0, 0.0),), (0,), ("x",) * (MOST_CLASSES + 1)),
    ],
    ids=lambda drawing: f"{type(drawing).__name__} {drawing.name}",
)
def test_what_is_too_large_or_of_another_type_does_not_cross(drawing: Drawing) -> None:
    with pytest.raises(msgspec.ValidationError):
        messages.decode_from_box(messages.encode(Draw(drawing)))


@pytest.mark.parametrize(
    "drawing",
    [
        Images("short", (Image(2, 2, b"\0\0\0"),)),
        Images("between grey and colour", (Image(2, 2, bytes(8)),)),
        Images("together", (Image(MOST_SIDE, MOST_SIDE, bytes(3 * MOST_SIDE**2)), Image(1, 1, b"\0"))),
        Matrix("ragged", ((0.0, 1.0), (0.0,))),
        Matrix("rows", ((0.0,),), ("a", "b")),
        Matrix("columns", ((0.0,),), (), ("a", "b")),
        Scatter("classes", ((0.0, 0.0),), (0, 0), ("a",)),
        Scatter("unnamed", ((0.0, 0.0),), (1,), ("a",)),
        Scatter("below", ((0.0, 0.0),), (-1,), ("a",)),
    ],
    ids=lambda drawing: f"{type(drawing).__name__} {drawing.name}",
)
def test_what_does_not_fit_together_is_dropped(drawing: Drawing) -> None:
    assert isinstance(messages.decode_from_box(messages.encode(Draw(drawing))), Draw)
    seen, events = shown(Draw(drawing))
    assert (seen.drawings, events) == ((), [])


def test_drawings_are_limited_in_names_and_in_number() -> None:
    names = [f"drawing {number}" for number in range(MOST_DRAWINGS + 3)]
    seen, events = shown(*(Draw(msgspec.structs.replace(DIGIT, name=name)) for name in names))
    assert [drawing.name for drawing in seen.drawings] == names[:MOST_DRAWINGS]
    assert len(events) == MOST_DRAWINGS
    _seen, events = shown(*(Draw(DIGIT),) * (MOST_DRAWN + 1))
    assert len(events) == MOST_DRAWN


def test_names_and_labels_are_cleaned() -> None:
    odd = "a\x1b[31mb\nc\u202e"
    seen, _events = shown(
        Draw(Images(odd, (Image(1, 1, b"\0", odd),))),
        Draw(Matrix(odd + "m", ((1.0,),), (odd,), (odd,), (odd, odd))),
        Draw(Scatter(odd + "s", ((1.0, 1.0),), (0,), (odd,))),
    )
    shown_texts = repr(seen.drawings)
    assert "\\x1b" not in shown_texts
    assert "\\n" not in shown_texts
    assert "\u202e" not in shown_texts
    assert shown_texts.count("ab c") == 9


def test_a_report_of_before_there_were_drawings_shows_the_same() -> None:
    old = {
        "exercise": "a/b",
        "device": "cpu",
        "seed": 0,
        "verdict": "passed",
        "fault": None,
        "seconds": 0.1,
        "requirements": [],
        "pictures": [{"name": "digit", "rows": [[0.0, 1.0], [0.5]], "requirement": "test_one"}],
    }
    report = msgspec.msgpack.decode(msgspec.msgpack.encode(old), type=Report)
    assert report.pictures == (Picture("digit", ((0.0, 1.0), (0.5,)), "test_one"),)
    assert report.drawn == (Images("digit", (Image(2, 2, b"\x00\xff\x80\x00"),), requirement="test_one"),)


def test_an_old_picture_of_any_numbers_can_be_drawn() -> None:
    picture = Picture("odd", ((float("nan"), float("inf"), -7.0, 3.0),))
    assert picture.drawing().images[0].pixels == b"\x00\xff\x00\xff"
    empty = Report("a/b", "cpu", 0, "passed", None, 0.0, (), pictures=(Picture("none", ()), Picture("none", ((),))))
    assert empty.drawn == ()
    high = Report("a/b", "cpu", 0, "passed", None, 0.0, (), pictures=(Picture("high", ((0.5,),) * 300),))
    assert high.drawn[0].images[0].height == 300  # type: ignore[union-attr]
