"""The state of one run: what makes a pass, and what each way of not finishing is called. No process is started."""

from __future__ import annotations

import msgspec
import pytest

from tutor.grading import messages
from tutor.grading.raised import Raised
from tutor.grading.report import Decided, Done, GradeRequest, Image, Images, Point, RequirementResult
from tutor.grading.run import Run
from tutor.grading.verdict import compose

TESTS = ("test_one", "test_two")


def request(**changes):
    base = GradeRequest(
        run=1,
        exercise="topic/exercise",
        name="exercise",
        grader="/nowhere/test_exercise.py",
        requirements=TESTS,
        source=b"",
        seconds=5,
        run_seconds=20,
        memory_mb=64,
        output_kb=1,
    )
    return msgspec.structs.replace(base, **changes)


class FakeChannel:
    def __init__(self):
        self.sent = []

    def send(self, payload):
        self.sent.append(payload)


class FakeChild:
    def __init__(self, folder):
        self.channel = FakeChannel()
        self.folder = self.inside = folder
        self.status = None
        self.awake = True
        self.printed = b""
        self.killed = False

    def drain_output(self):
        data, self.printed = self.printed, b""
        return data

    def kill(self):
        self.killed = True

    def wait(self):
        self.status = -9

    def line_in(self, name):
        return 12


class Around:
    def __init__(self, folder):
        self.events, self.discarded, self.folder, self.boxes = [], [], folder, []

    def emit(self, event):
        self.events.append(event)

    def take_box(self):
        self.boxes.append(FakeChild(self.folder))
        return self.boxes[-1]

    def discard(self, child):
        self.discarded.append(child)

    retire = discard


class Game:
    """A run, with the other sides played by the test."""

    def __init__(self, folder, **changes):
        self.around = Around(folder)
        self.judge = FakeChild(folder)
        self.now = 100.0
        self.run = Run(request(**changes), "cpu", self.judge, self.around, box_serves_run=False, clock=lambda: self.now)

    def judge_says(self, *said):
        for message in said:
            self.run.on_judge(messages.encode(message))

    def box_says(self, *said):
        for message in said:
            self.run.on_box(messages.encode(message))

    def start(self):
        self.judge_says(messages.Ready(TESTS), messages.Began("test_one"), messages.Call(1, b"probe"))

    @property
    def report(self):
        done = [event for event in self.around.events if isinstance(event, Done)]
        assert len(done) == 1
        return done[0].report

    def heard_by_judge(self):
        return [messages.decode_to_judge(payload) for payload in self.judge.channel.sent]


@pytest.fixture
def game(tmp_path):
    return Game(tmp_path)


def passed(name):
    return messages.Result(RequirementResult(name, "passed"))


def test_all_passed_is_passed(game):
    game.start()
    game.box_says(messages.Loaded(), messages.Reply(1, b"value"))
    assert game.heard_by_judge()[-1] == messages.Answer(1, b"value")
    game.judge_says(passed("test_one"), messages.Began("test_two"), passed("test_two"), messages.Finished())
    assert game.report.verdict == "passed"
    assert [r.id for r in game.report.requirements] == list(TESTS)


def test_a_requirement_that_did_not_run_is_no_pass(game):
    game.start()
    game.judge_says(passed("test_one"), messages.Finished())
    assert game.report.verdict == "failed"
    assert game.report.fault.kind == "incomplete"
    assert game.report.requirements[1].verdict == "not_run"


def test_no_requirement_at_all_is_no_pass():
    report = compose(request(requirements=()), "cpu", {}, None, 0.0)
    assert report.verdict == "error"


@pytest.mark.parametrize("tests", [(), ("test_one",), ("test_two", "test_one"), (*TESTS, "test_three")])
def test_a_grader_with_other_tests_is_the_graders_fault(game, tests):
    game.judge_says(messages.Ready(tests))
    assert game.report.fault.kind == "grader"
    assert game.report.verdict == "error"


def test_each_requirement_gets_a_box_of_its_own(game):
    game.start()
    game.box_says(messages.Loaded(), messages.Reply(1, b""))
    game.judge_says(passed("test_one"), messages.Began("test_two"), messages.Call(2, b""))
    assert len(game.around.boxes) == 2
    assert game.around.boxes[0] in game.around.discarded


def test_a_file_that_cannot_be_imported_ends_the_run(game):
    game.start()
    game.box_says(messages.LoadFailed("syntax", Raised("SyntaxError", ("SyntaxError",), "invalid syntax", 3)))
    assert game.report.fault.kind == "syntax"
    assert game.report.fault.line == 3
    assert {r.verdict for r in game.report.requirements} == {"not_run"}


def test_an_answer_nobody_asked_for_is_a_disturbed_channel(game):
    game.start()
    game.box_says(messages.Loaded(), messages.Reply(1, b"x"), messages.Reply(2, b"forged in advance"))
    game.judge_says(messages.Call(2, b""))
    lost = game.heard_by_judge()[-1]
    assert isinstance(lost, messages.Lost)
    assert lost.fault["kind"] == "crash"


@pytest.mark.parametrize(
    "frame", [b"", b"\xff", messages.encode(messages.Finished()), messages.encode(passed("test_one"))]
)
def test_a_box_cannot_speak_as_the_judge(game, frame):
    game.start()
    game.box_says(messages.Loaded())
    game.run.on_box(frame)
    assert isinstance(game.heard_by_judge()[-1], messages.Lost)
    assert not [event for event in game.around.events if isinstance(event, (Decided, Done))]


def test_the_deadline_of_a_requirement(game):
    game.start()
    game.box_says(messages.Loaded())
    game.now += 4.9
    game.run.tick(game.now)
    assert not game.around.boxes[0].killed
    game.now += 0.2
    game.run.tick(game.now)
    lost = game.heard_by_judge()[-1]
    assert lost.fault["kind"] == "timeout"
    assert lost.fault["line"] == 12
    assert "line 12" in lost.fault["message"]
    assert game.around.boxes[0].killed


def test_a_hanging_import_ends_the_run(game):
    game.start()
    game.now += 5.1
    game.run.tick(game.now)
    assert game.report.fault.kind == "timeout"
    assert "Importing" in game.report.fault.message


def test_the_deadline_of_the_run(game):
    game.start()
    game.box_says(messages.Loaded(), messages.Reply(1, b""))
    game.judge_says(passed("test_one"), messages.Began("test_two"), messages.Call(2, b""))
    game.now += 20.1
    game.run.tick(game.now)
    assert [r.verdict for r in game.report.requirements] == ["passed", "error"]
    assert game.report.fault.kind == "timeout"
    assert game.report.verdict == "failed"


def test_a_judge_that_is_busy_itself_has_the_runs_time(game):
    game.start()
    game.box_says(messages.Loaded(), messages.Reply(1, b""))
    game.now += 6
    game.run.tick(game.now)
    assert not game.run.finished
    game.judge_says(passed("test_one"), messages.Began("test_two"), passed("test_two"), messages.Finished())
    assert game.report.passed


def test_a_dead_judge_is_the_graders_fault(game):
    game.start()
    game.judge.status = -11
    game.run.on_judge_gone()
    assert game.report.fault.kind == "grader"


@pytest.mark.parametrize(("status", "kind"), [(0, "exit"), (3, "exit"), (-11, "crash"), (-6, "crash")])
def test_a_box_that_ends(game, status, kind):
    game.start()
    game.box_says(messages.Loaded())
    game.around.boxes[0].status = status
    game.run.on_box_gone()
    assert game.heard_by_judge()[-1].fault["kind"] == kind


def test_too_much_output(game):
    game.start()
    game.box_says(messages.Loaded())
    game.run.on_output(b"x" * 2000)
    assert game.heard_by_judge()[-1].fault["kind"] == "output"


def test_output_is_cleaned_and_kept(game):
    game.start()
    game.box_says(messages.Loaded(), messages.Reply(1, b""))
    game.around.boxes[0].printed = "\x1b[31mloss\x1b[0m 0.5\r\n\x00\x07日本\n".encode()
    game.judge_says(passed("test_one"))
    assert game.around.events[-1].result.output == "loss 0.5\n日本\n"


def test_a_channel_closed_by_the_submission_is_noticed_after_a_moment(game):
    from tutor.grading.frames import ChannelClosed

    game.start()
    game.box_says(messages.Loaded())
    game.run.on_bad_channel(ChannelClosed())
    game.run.tick(game.now)
    assert not isinstance(game.heard_by_judge()[-1], messages.Lost)
    game.now += 1
    game.run.tick(game.now)
    assert game.heard_by_judge()[-1].fault["kind"] == "crash"


def test_curves_and_drawings_are_shown_and_nonsense_is_dropped(game):
    game.start()
    game.box_says(
        messages.Loaded(),
        messages.Show("curve", "loss", (1.0, 0.5)),
        messages.Draw(Images("digit", (Image(1, 2, b"\x00\xff"),))),
        messages.Draw(Images("nonsense", (Image(1, 2, b"\x00"),))),
        messages.Reply(1, b""),
    )
    game.judge_says(passed("test_one"), messages.Began("test_two"), passed("test_two"), messages.Finished())
    assert [event.values for event in game.around.events if isinstance(event, Point)] == [(1.0, 0.5)]
    assert game.report.curves[0].values == (1.0, 0.5)
    assert game.report.drawings == (Images("digit", (Image(1, 2, b"\x00\xff"),), requirement="test_one"),)


@pytest.mark.parametrize(
    "frame",
    [
        messages.encode(messages.Show("curve", "loss", ("no", 3))),
        messages.encode(messages.Show("curve", "loss", (1.0, (7.0,)))),
        messages.encode(messages.Show("picture", "digit", (1.0,))),
        messages.encode(messages.Draw(Images("digit", (Image(1, 1, "no"),)))),
        messages.encode(messages.Show("curve", "loss", (1.0, {(-1,): 1}))),
        messages.encode(messages.Show("curve", "loss", (0.5,) * 300_000)),
        messages.encode(messages.Loaded())[:-1] + b"\xff",
        messages.encode(messages.LoadFailed("grader", Raised("X", ("X",), "call the author"))),
    ],
    ids=[
        "words",
        "a row",
        "another kind",
        "words for pixels",
        "a map",
        "too long",
        "no UTF-8",
        "a fault that is not the box's to find",
    ],
)
def test_what_no_box_says_ends_the_box(game, frame):
    game.start()
    game.box_says(messages.Loaded())
    game.run.on_box(frame)
    assert game.heard_by_judge()[-1].fault["kind"] == "crash"


def test_what_was_abandoned_reports_nothing(game):
    game.start()
    game.run.abandon()
    assert not [event for event in game.around.events if isinstance(event, Done)]
    assert game.judge in game.around.discarded
    assert game.around.boxes[0] in game.around.discarded


def test_what_a_box_takes_to_start_is_not_the_submissions_time(game):
    take = game.around.take_box

    def take_sleeping():
        box = take()
        box.awake = False
        return box

    game.around.take_box = take_sleeping
    game.start()
    game.now += 30
    game.run.tick(game.now)
    assert not game.run.finished
    game.run.on_box_awake()
    game.now += 4
    game.run.tick(game.now)
    assert not game.run.finished
    game.box_says(messages.Loaded(), messages.Reply(1, b""))
    game.judge_says(passed("test_one"), messages.Began("test_two"), passed("test_two"), messages.Finished())
    assert game.report.passed


def test_a_box_that_cannot_start_is_not_the_submissions_fault(game):
    take = game.around.take_box

    def take_sleeping():
        box = take()
        box.awake = False
        return box

    game.around.take_box = take_sleeping
    game.start()
    game.around.boxes[0].status = 1
    game.run.on_box_gone()
    assert game.report.fault.kind == "grader"
