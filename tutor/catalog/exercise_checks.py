"""Checks on one exercise: the values in ``exercise.toml``, and the files that belong to it."""

from __future__ import annotations

import re
import symtable
import warnings
from collections.abc import Callable
from pathlib import Path

from tutor.catalog import checks
from tutor.catalog.faq import Faq, parse_faq
from tutor.catalog.files import Unreadable, read_text
from tutor.catalog.manifest import ExerciseManifest, Manifest
from tutor.catalog.model import DEVICES, Exercise, document_name
from tutor.catalog.problems import Problem, key_text
from tutor.locale import _

_MOST_MINUTES = 1440
_MOST = 1_000_000
"""Of a limit, in its unit: more cannot be meant, and need not fit where limits are set."""
_LIBRARY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_MISTAKE = re.compile(r"#[ \t]*mistake:[ \t]*(\S+)\s*")


def check_values(manifest: Manifest[ExerciseManifest], spoken: checks.Languages) -> None:
    """Ranges, texts and lists of ``exercise.toml``."""
    value = manifest.value
    checks.text(manifest, ("title",), value.title, spoken)
    if not 1 <= value.difficulty <= 5:
        manifest.problem(("difficulty",), _("must be from {least} to {most}").format(least=1, most=5))
    if not 1 <= value.minutes <= _MOST_MINUTES:
        manifest.problem(("minutes",), _("must be from {least} to {most}").format(least=1, most=_MOST_MINUTES))
    for name in value.limits.__struct_fields__:
        if not 0 < getattr(value.limits, name) <= _MOST:  # so written that nan, which TOML has, fails as well
            message = _("must be more than 0, and at most {most}").format(most=_MOST)
            manifest.problem(("limits", name), message)
    for index, library in enumerate(value.needs):
        if not _LIBRARY.fullmatch(library):
            message = _("{name} cannot be the name of a library that one imports").format(name=repr(library))
            manifest.problem(("needs", index), message)
    checks.unique(manifest, ("needs",), value.needs)
    checks.not_empty(manifest, ("devices",), value.devices)
    for index, device in enumerate(value.devices):
        if device not in DEVICES:
            message = _("{name} is not one of {devices}")
            manifest.problem(("devices", index), message.format(name=repr(device), devices=", ".join(DEVICES)))
    checks.unique(manifest, ("devices",), value.devices)
    checks.not_empty(manifest, ("requirements",), value.requirements)
    seen: set[str] = set()
    for index, requirement in enumerate(value.requirements):
        checks.text(manifest, ("requirements", index, "sentence"), requirement.sentence, spoken)
        if requirement.test in seen:
            message = _("{name} is listed twice").format(name=repr(requirement.test))
            manifest.problem(("requirements", index, "test"), message)
        seen.add(requirement.test)
    mutants: set[str] = set()
    for index, equivalent in enumerate(value.equivalents):
        for name in ("mutant", "reason"):
            checks.plain(manifest, ("equivalents", index, name), getattr(equivalent, name))
        if equivalent.mutant in mutants:
            message = _("{name} is listed twice").format(name=repr(equivalent.mutant))
            manifest.problem(("equivalents", index, "mutant"), message)
        mutants.add(equivalent.mutant)


class ExerciseFiles:
    """Checks the files of one exercise, against each other and against its manifest."""

    def __init__(
        self,
        exercise: Exercise,
        manifest: Manifest[ExerciseManifest],
        problems: list[Problem],
        reachable: Callable[[Path], bool],
    ) -> None:
        """Problems are appended to ``problems``. Files that are not ``reachable`` are reported elsewhere."""
        self._exercise = exercise
        self._manifest = manifest
        self._problems = problems
        self._reachable = reachable

    def check(self) -> None:
        exercise = self._exercise
        self._text(exercise.stub)
        for language in exercise.languages:
            self._text(exercise.folder / document_name("lesson", language))
            self._text(exercise.solutions_folder / document_name("explained", language))
        for path in exercise.solutions:
            self._text(path)
        faq = self._check_faqs()
        if faq is not None:
            self._check_references(faq)
        self._check_mistakes(faq)
        self._check_grader()

    def _problem(self, file: Path, key: str, line: int | None, message: str) -> None:
        self._problems.append(Problem(file, key, line, message))

    def _text(self, path: Path) -> str | None:
        """The text of ``path``, which must have one; None where that is not so, which is reported."""
        if not self._reachable(path):
            return None
        try:
            text = read_text(path)
        except Unreadable as error:
            self._problems.append(error.problem)
            return None
        if not text.strip():
            self._problem(path, "", None, _("this file is empty"))
            return None
        return text

    def _check_faqs(self) -> Faq | None:
        """The English FAQ, once those in other languages have been compared with it."""
        english: Faq | None = None
        for language in self._exercise.languages:  # English first
            path = self._exercise.folder / document_name("faq", language)
            text = self._text(path)
            if text is None:
                continue
            faq = parse_faq(text)
            for flaw in faq.flaws:
                self._problem(path, key_text([flaw.id]) if flaw.id else "", flaw.line, flaw.message)
            if language == "en":
                english = faq
            elif english is not None and not (faq.flaws or english.flaws):
                self._compare_faqs(path, faq, english)
        return english

    def _compare_faqs(self, path: Path, faq: Faq, english: Faq) -> None:
        ids, expected = [entry.id for entry in faq.entries], [entry.id for entry in english.entries]
        for id_ in expected:
            if id_ not in ids:
                self._problem(path, id_, None, _("this entry of faq.md is missing here"))
        for entry, line in zip(faq.entries, faq.lines, strict=True):
            if entry.id not in expected:
                self._problem(path, entry.id, line, _("faq.md has no such entry"))
        if set(ids) != set(expected):
            return
        for entry, line, other in zip(faq.entries, faq.lines, english.entries, strict=True):
            if entry.id != other.id:
                self._problem(path, entry.id, line, _("faq.md has {other} in this place").format(other=other.id))
                return  # everything after it would be reported as well
            if len(entry.steps) != len(other.steps):
                # A learner who changes the language goes on at the same step.
                message = _("this entry has {count} steps, and in faq.md {other}")
                message = message.format(count=len(entry.steps), other=len(other.steps))
                self._problem(path, entry.id, line, message)

    def _check_references(self, faq: Faq) -> None:
        ids = {entry.id for entry in faq.entries}
        for index, requirement in enumerate(self._manifest.value.requirements):
            if requirement.faq not in ids:
                message = _("faq.md has no entry {id}").format(id=repr(requirement.faq))
                self._manifest.problem(("requirements", index, "faq"), message)

    def _check_mistakes(self, faq: Faq | None) -> None:
        ids = None if faq is None else {entry.id for entry in faq.entries}
        for path in self._exercise.mistakes:
            text = self._text(path)
            if text is None:
                continue
            match = _MISTAKE.fullmatch(text.split("\n", 1)[0])
            if not match:
                message = _("the first line must name the FAQ entry to bring up, as in: # mistake: mean-or-sum")
                self._problem(path, "", 1, message)
            elif ids is not None and match[1] not in ids:
                self._problem(path, "", 1, _("faq.md has no entry {id}").format(id=repr(match[1])))

    def _check_grader(self) -> None:
        path = self._exercise.grader
        text = self._text(path)
        tests = None if text is None else self._tests(path, text)
        if tests is None or "requirements" in self._manifest.broken:
            return
        required = [requirement.test for requirement in self._manifest.value.requirements]
        for index, test in enumerate(required):
            if test not in tests:
                message = _("{grader} has no such test").format(grader=path.name)
                self._manifest.problem(("requirements", index, "test"), message)
        for test, line in tests.items():
            if test not in required:
                self._problem(path, test, line, _("no requirement in exercise.toml names this test"))
        graded = [test for test in tests if test in required]
        listed = [
            (index, test) for index, test in enumerate(required) if test in tests and test not in required[:index]
        ]
        for (index, test), expected in zip(listed, graded, strict=True):
            if test != expected:
                message = _("requirements stand in the order of the grader, where {test} comes here").format(
                    test=expected
                )
                self._manifest.problem(("requirements", index, "test"), message)
                return

    def _tests(self, path: Path, text: str) -> dict[str, int] | None:
        """Line by name of each test in the grader, in its order; None where it is not Python."""
        try:
            with warnings.catch_warnings():  # what the compiler warns of would be printed over the screen
                warnings.simplefilter("ignore")
                # The compiler's first half: a third faster than ast, and every start of the tutor waits for it.
                module = symtable.symtable(text, path.name, "exec")
        except SyntaxError as error:
            self._problem(path, "", error.lineno, _("this is not valid Python: {reason}").format(reason=error.msg))
            return None
        except (ValueError, RecursionError, MemoryError) as error:  # null bytes; absurd nesting
            self._problem(path, "", None, _("this is not valid Python: {reason}").format(reason=error))
            return None
        tests: dict[str, int] = {}
        for scope in module.get_children():
            name, line = scope.get_name(), scope.get_lineno()
            if name.startswith("Test") and scope.get_type() == "class":
                self._problem(path, name, line, _("tests are functions here, not methods of a class"))
            # A generic function (def test_x[T]) shows as the scope of its type parameters.
            if not name.startswith("test_") or scope.get_type() not in {"function", "type parameters"}:
                continue
            if name in tests:
                message = _("this test replaces the one on line {line}").format(line=tests[name])
                self._problem(path, name, line, message)
            tests.setdefault(name, line)
        return tests
