"""What can be seen of an exercise without running it: its lesson, its probes, what would want the network."""

from __future__ import annotations

from pathlib import Path

from tutor.authoring.lesson import given_away
from tutor.authoring.offline import network_wishes
from tutor.authoring.probes import Flaw, what_travels
from tutor.authoring.result import Finding
from tutor.catalog import Exercise
from tutor.catalog.model import document_name
from tutor.locale import _
from tutor.pages.blocks import equations
from tutor.pages.equations import linear
from tutor.pages.tex import TexError

LEAST_QUESTIONS = 3
MOST_LESSON_LINES = 60
"""A lesson is one screen of a large terminal."""
MOST_SHOWN = 80


def read_exercise(exercise: Exercise) -> tuple[list[Finding], dict[str, tuple[str, ...]]]:
    """What is wrong with the texts and sources of ``exercise``; and what travels with each of its probes."""
    stub, grader = _text(exercise.stub), _text(exercise.grader)
    answers = {path: _text(path) for path in exercise.solutions}
    findings = [*_documents(exercise), *_equations(exercise), *_given_away(exercise, answers, stub)]
    for path in (exercise.grader, exercise.stub, *exercise.solutions, *exercise.mistakes):
        for wish in network_wishes(_text(path)):
            what = _("this wants the network: {text}. Everything that an exercise needs travels in its pack.")
            findings.append(Finding(f"{path}:{wish.line}", what.format(text=wish.text)))
    travels = what_travels(grader, list(answers.values()), stub)
    for flaw in travels.flaws:
        findings.append(Finding(f"{exercise.grader}:{flaw.line}", _sentence(flaw, flaw.name in travels.names)))
    if not travels.names:
        findings.append(Finding(str(exercise.grader), _("no function is marked @probe: nothing reaches the answer")))
    return findings, travels.names


def _documents(exercise: Exercise) -> list[Finding]:
    found = []
    for language in exercise.languages:
        lesson = exercise.document("lesson", language)
        lines = len(exercise.lesson(language).splitlines())
        if lines > MOST_LESSON_LINES:
            what = _("this lesson has {lines} lines, and should fit on a screen of {most}")
            found.append(Finding(str(lesson), what.format(lines=lines, most=MOST_LESSON_LINES)))
    questions = len(exercise.faq("en"))
    if questions < LEAST_QUESTIONS:
        what = _("there are {count} questions, and at least {least} should be answered")
        found.append(Finding(str(exercise.document("faq", "en")), what.format(count=questions, least=LEAST_QUESTIONS)))
    if not exercise.mistakes:
        found.append(Finding(str(exercise.folder / "mistakes"), _("there is no mistake to recognise: write some")))
    return found


def _equations(exercise: Exercise) -> list[Finding]:
    """Equations that would be shown as they were written."""
    found = []
    for language in exercise.languages:
        explained = exercise.solutions_folder / document_name("explained", language)
        for document in (exercise.document("lesson", language), exercise.document("faq", language), explained):
            for line, tex in equations(_text(document)):
                try:
                    linear(tex)
                except TexError as error:
                    words = _("{problem}: {text}. What is understood stands in docs/instructors.md.")
                    found.append(Finding(f"{document}:{line}", words.format(problem=error, text=_short(tex))))
    return found


def _given_away(exercise: Exercise, answers: dict[Path, str], stub: str) -> list[Finding]:
    """What lessons and hints show of the answers."""
    kinds = {
        "lesson": _("the lesson shows what the answer {answer} does: {text}. Show it on another example."),
        "faq": _("a hint shows what the answer {answer} does: {text}. Lead to it, and leave the line to the learner."),
    }
    found = []
    for language in exercise.languages:
        for kind, what in kinds.items():
            document = exercise.document(kind, language)
            text = _text(document)
            for path, answer in answers.items():
                for given in given_away(text, answer, stub):
                    sentence = what.format(answer=path.name, text=_short(given.text))
                    found.append(Finding(f"{document}:{given.line}", sentence))
    return found


def _sentence(flaw: Flaw, is_probe: bool) -> str:
    if flaw.kind == "answer" and is_probe:
        what = _("the probe {name} holds the answer, and the submission can read it. Compute it in the test.")
    elif flaw.kind == "answer":
        what = _(
            "{name} travels into the box with a probe, where the submission can read it, and holds the answer: {text}"
        )
    elif flaw.kind == "numbers":
        what = _(
            "{name} travels into the box with a probe and holds many numbers: if they are expected values, keep them "
            "in the test. An argument of a probe can be read by the submission too: pass inputs, never expected values"
        )
    else:
        what = _(
            "{name} travels into the box with a probe and is computed when the grader is imported ({text}): make it in "
            "the test or in a fixture. An argument of a probe can be read by the submission too: pass inputs, never "
            "expected values"
        )
    return what.format(name=flaw.name, text=_short(flaw.text))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 1] + "…"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
