"""Events in, snapshots out: what the screen knows of a run."""

from __future__ import annotations

import math

import pytest
from app_fakes import FakeHint, FakeOutcome

from tutor.app.runs import CURVE_POINTS, OUTPUT_CHARACTERS, OUTPUT_LINES, Collector, finished
from tutor.grading.report import (
    Cancelled,
    Collected,
    Curve,
    Decided,
    Done,
    Drawn,
    Image,
    Images,
    Output,
    Point,
    Report,
    RequirementResult,
    Started,
)

NAMES = ("test_a", "test_b")


@pytest.fixture
def collector() -> Collector:
    return Collector("topic/exercise", 7, NAMES)


def report(*verdicts: str, curves: tuple[Curve, ...] = ()) -> Report:
    results = tuple(RequirementResult(name, verdict) for name, verdict in zip(NAMES, verdicts, strict=True))  # type: ignore[arg-type]
    verdict = "passed" if all(v == "passed" for v in verdicts) else "failed"
    return Report("topic/exercise", "cpu", 0, verdict, None, 0.1, results, curves)  # type: ignore[arg-type]


def test_a_run_from_its_start_to_its_outcome(collector: Collector) -> None:
    assert collector.snapshot().running
    assert collector.feed(Collected(1, NAMES, "cuda:0"))
    assert collector.feed(Started(1, "test_a"))
    now = collector.snapshot()
    assert [line.state for line in now.lines] == ["running", "pending"]
    assert (now.current, now.device, now.token) == (0, "cuda:0", 7)
    assert collector.feed(Decided(1, RequirementResult("test_a", "passed")))
    assert collector.snapshot().current == 1
    assert collector.feed(Done(1, report("passed", "failed")))
    hint = FakeHint("id", "Why?", ("so",))
    assert collector.feed(FakeOutcome(report("passed", "failed"), hint, False))
    end = collector.snapshot()
    assert [line.state for line in end.lines] == ["passed", "failed"]
    assert end.hint is hint
    assert collector.ended
    assert not end.running
    assert not end.passed


def test_events_of_another_run_are_ignored(collector: Collector) -> None:
    collector.feed(Collected(3, NAMES, "cpu"))
    assert not collector.feed(Started(2, "test_a"))
    assert not collector.feed(Done(2, report("passed", "passed")))
    assert collector.snapshot().running


@pytest.mark.parametrize("died", [True, False])
def test_what_ran_is_pending_again_when_a_run_is_given_up(collector: Collector, died: bool) -> None:
    collector.feed(Collected(1, NAMES, "cpu"))
    collector.feed(Decided(1, RequirementResult("test_a", "passed")))
    collector.feed(Started(1, "test_b"))
    if died:
        collector.died("killed")
    else:
        collector.feed(Cancelled(1))
    end = collector.snapshot()
    assert [line.state for line in end.lines] == ["passed", "pending"]
    assert (end.phase, end.problem) == (("died", "killed") if died else ("cancelled", ""))


def test_only_the_end_of_a_flood_is_kept(collector: Collector) -> None:
    for number in range(20_000):
        assert not collector.feed(Output(1, "test_a", f"line {number}\n"))
    output = collector.snapshot().output
    assert output.endswith("line 19999\n")
    assert collector.snapshot().output_cut
    assert len(output) <= OUTPUT_CHARACTERS
    assert len(output.splitlines()) <= OUTPUT_LINES
    collector.feed(Output(1, "test_a", "y" * (3 * OUTPUT_CHARACTERS)))
    assert len(collector.snapshot().output) == OUTPUT_CHARACTERS


def test_a_little_output_is_kept_whole(collector: Collector) -> None:
    collector.feed(Output(1, "test_a", "one\n"))
    collector.feed(Output(1, "test_b", "two"))
    assert collector.snapshot().output == "one\ntwo"
    assert not collector.snapshot().output_cut


def test_curves_grow_and_stay_bounded(collector: Collector) -> None:
    collector.feed(Point(1, "test_a", "loss", (3.0, 2.0)))
    collector.feed(Point(1, "test_a", "loss", (math.nan,)))
    (curve,) = collector.snapshot().curves
    assert curve.values[:2] == (3.0, 2.0)
    assert math.isnan(curve.values[2])
    collector.feed(Point(1, "test_a", "loss", tuple(float(n) for n in range(10 * CURVE_POINTS))))
    (curve,) = collector.snapshot().curves
    assert len(curve.values) < 10 * CURVE_POINTS
    assert (curve.values[0], curve.values[-1]) == (3.0, 10 * CURVE_POINTS - 1)


def test_the_report_has_the_last_word(collector: Collector) -> None:
    collector.feed(Point(1, "test_a", "loss", (1.0,)))
    collector.feed(Drawn(1, Images("digit", (Image(1, 1, b"\0"),))))
    final = Curve("loss", (1.0, 0.5), "test_a")
    collector.feed(Done(1, report("passed", "passed", curves=(final,))))
    assert collector.snapshot().curves == (final,)
    assert [drawing.name for drawing in collector.snapshot().drawings] == ["digit"]
    assert collector.snapshot().passed


def test_a_report_of_an_earlier_start() -> None:
    run = finished("topic/exercise", report("passed", "failed"))
    assert run.token == 0
    assert [line.state for line in run.lines] == ["passed", "failed"]
    assert not run.running
