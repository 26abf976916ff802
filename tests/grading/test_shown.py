"""What a run shows: no more of it than a screen can, whatever a submission sends."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.grading.messages import Show
from tutor.grading.report import Event
from tutor.grading.shown import MOST_CURVES, MOST_PICTURE_SIDE, MOST_PICTURES, MOST_POINTS, Shown


def shown(*shows: Show) -> tuple[Shown, list[Event]]:
    events: list[Event] = []
    seen = Shown(1, events.append)
    for show in shows:
        seen.show(show, "test_one")
    return seen, events


def test_curves_and_pictures_are_kept_and_sent_on() -> None:
    seen, events = shown(
        Show("curve", "loss", (2.0,)), Show("curve", "loss", (1, 0.5)), Show("picture", "digit", ((0.0, 1.0),))
    )
    assert [(c.name, c.values, c.requirement) for c in seen.curves] == [("loss", (2.0, 1.0, 0.5), "test_one")]
    assert [(p.name, p.rows) for p in seen.pictures] == [("digit", ((0.0, 1.0),))]
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


def test_a_picture_as_large_as_the_limit_is_kept() -> None:
    seen, _events = shown(Show("picture", "digit", ((0.0,) * MOST_PICTURE_SIDE,) * MOST_PICTURE_SIDE))
    assert len(seen.pictures) == 1


@pytest.mark.parametrize(
    "rows",
    [
        ((0.0,),) * (MOST_PICTURE_SIDE + 1),
        ((0.0,) * (MOST_PICTURE_SIDE + 1),),
        ((0.0,), (0.0,) * 100_000),
        (("a",),),
        ("text",),
        (1.0,),
        (None,),
    ],
    ids=["high", "wide", "wide below", "no numbers", "text", "flat", "nothing"],
)
def test_what_is_no_picture_or_too_large_a_one_is_dropped(rows: tuple[Any, ...]) -> None:
    seen, events = shown(Show("picture", "digit", rows))
    assert (seen.pictures, events) == ((), [])


def test_pictures_are_limited() -> None:
    seen, events = shown(*(Show("picture", "digit", ((0.0,),)),) * (MOST_PICTURES + 1))
    assert len(seen.pictures) == len(events) == MOST_PICTURES
