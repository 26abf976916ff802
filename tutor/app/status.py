"""The status line's sentence: always what is happening now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from tutor.locale import _, current, plural

if TYPE_CHECKING:
    from tutor.app.runs import Snapshot
    from tutor.catalog.model import Exercise

Mood = Literal["calm", "busy", "good", "bad", "alarm"]
MARKS: dict[Mood, str] = {"calm": "◦", "busy": "▸", "good": "✓", "bad": "✗", "alarm": "!"}


class Situation(NamedTuple):
    """All that the sentence depends on."""

    engine: str
    engine_problem: str = ""
    engine_note: str = ""
    """What the engine is busy with, where it says so."""
    opened: bool = True
    """Whether the session stands."""
    exercise: Exercise | None = None
    file: str = ""
    run: Snapshot | None = None
    """The newest run of this exercise."""
    seconds: int = 0
    """How long it has been running."""
    lost: str = ""
    """Why the learner's file cannot be used at present, where it cannot."""
    again: str = "r"
    """The key that grades again."""
    editing: bool = False
    """Whether the learner types in the built-in editor."""
    unsaved: bool = False
    """Whether it holds something that is not saved."""
    conflict: bool = False
    """Whether the file was changed by another program meanwhile."""
    save: str = "^s"
    """The key that saves."""


def describe(now: Situation) -> tuple[Mood, str]:
    """What is happening, in one sentence."""
    if now.conflict:
        said = _("{file} was changed while you typed: {key} asks which text to go on with")
        return "alarm", said.format(file=now.file, key=now.save)
    over = now.run is None or not now.run.running
    if now.lost and over:
        saves = _("{key} saves the text that is here.").format(key=now.save) if now.unsaved else ""
        return "alarm", f"{now.lost} {saves}".rstrip()
    if now.engine == "ready" and over and (now.unsaved or (now.editing and now.run is None)):
        said = _("Editing {file} • unsaved: {key} saves and grades")
        if not now.unsaved:
            said = _("Editing {file}: {key} saves and grades")
        return "calm", said.format(file=now.file, key=now.save)
    mood, sentence = _of_engine(now)
    return mood, _("{sentence} • unsaved").format(sentence=sentence) if now.unsaved else sentence


def _of_engine(now: Situation) -> tuple[Mood, str]:
    if not now.opened:
        return "busy", _("Opening your folder…")
    if now.engine == "broken":
        again = _("Press {key} to try again.").format(key=now.again) if now.exercise is not None else ""
        return "alarm", " ".join([_("The engine did not start."), now.engine_problem, again]).rstrip()
    if now.engine == "restarting":
        return "alarm", _("The engine stopped; starting it again…")
    if now.run is not None and now.exercise is not None:
        return _of_run(now, now.run, now.exercise)
    if now.engine != "ready":
        return "busy", _("Warming up: the engine loads PyTorch…")
    if now.engine_note:
        return "busy", now.engine_note
    if now.exercise is None:
        return "calm", _("Ready.")
    return "calm", _("Ready: waiting for you to save {file}").format(file=now.file)


def _of_run(now: Situation, run: Snapshot, exercise: Exercise) -> tuple[Mood, str]:
    from tutor.catalog.model import in_language

    total = len(run.lines)
    match run.phase:
        case "starting":
            if now.engine != "ready":
                return "busy", _("Saved: it will be graded as soon as the engine is warm…")
            if now.engine_note:
                return "busy", now.engine_note + _seconds(now.seconds)
            return "busy", _("Saved: grading…") + _seconds(now.seconds)
        case "grading":
            index = run.current
            number = 1 + (index if index is not None else total - 1)
            requirement = exercise.requirement(run.lines[index].id) if index is not None else None
            sentence = in_language(requirement.sentence, current()) if requirement else "…"
            said = _("Grading {number} of {total}: {sentence}")
            return "busy", said.format(number=number, total=total, sentence=sentence) + _seconds(now.seconds)
        case "cancelled":
            return "calm", _("Cancelled: waiting for you to save {file}").format(file=now.file)
        case "died":
            return "alarm", " ".join([run.problem, _("Press {key} to grade again.").format(key=now.again)])
        case "done":
            return _of_report(run, total)


def _of_report(run: Snapshot, total: int) -> tuple[Mood, str]:
    report = run.report
    seconds = f"{report.seconds:.2f}" if report is not None else "0"
    if run.passed:
        said = plural(
            "Passed: {total} requirement, {seconds} s", "Passed: all {total} requirements, {seconds} s", total
        )
        return "good", said.format(total=total, seconds=seconds)
    if report is not None and report.verdict == "error":
        return "bad", _("Not graded: see the result. Waiting for the next save")
    said = _("Not yet: {passed} of {total} passed, {seconds} s. Waiting for the next save")
    return "bad", said.format(passed=run.passed_lines, total=total, seconds=seconds)


def _seconds(seconds: int) -> str:
    """Only what takes long is counted."""
    return _(" ({seconds} s)").format(seconds=seconds) if seconds >= 2 else ""
