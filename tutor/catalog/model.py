"""What a pack is once it has been read: frozen values, text by language, paths that are known to exist."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tutor.catalog.builtin import BUILTIN
from tutor.catalog.problems import Problem
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.catalog.faq import FaqEntry

Text = dict[str, str]
"""Text by language code: ``{"en": "…", "ja": "…"}``."""

DEVICES: tuple[str, ...] = ("cpu", "cuda")


def in_language(text: Text, language: str) -> str:
    """``text`` in ``language``; in English, or whatever there is, where the pack does not speak it."""
    return text.get(language) or text.get("en") or next(iter(text.values()))


def document_name(stem: str, language: str) -> str:
    """The name of the file that holds ``lesson``, ``faq`` or ``explained`` in ``language``."""
    return f"{stem}.md" if language == "en" else f"{stem}.{language}.md"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one grading run may use."""

    seconds: float = 10.0
    """Wall-clock seconds for one requirement."""
    run_seconds: float = 60.0
    """Wall-clock seconds for the whole run."""
    memory_mb: int = 1024
    """MiB that a box may hold beyond what torch itself takes."""
    output_kb: int = 512
    """KiB that one requirement may print."""


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One graded test as the learner sees it."""

    test: str
    sentence: Text
    faq: str


class Equivalent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mutant of the reference answer that no grader can fail, because it is right as well."""

    mutant: str
    """The changed lines, ``before -> after``, as ``tutor pack check --mutants`` prints them."""
    reason: str
    """Why it is right; read by authors, so in English alone."""


class Exercise(msgspec.Struct, frozen=True):
    """One exercise of a pack."""

    pack: str
    topic: str
    name: str
    title: Text
    difficulty: int
    """1 (first steps) to 5 (hard)."""
    minutes: int
    needs: tuple[str, ...]
    """Importable libraries beyond torch that the grader or the submission uses (``sklearn``)."""
    devices: tuple[str, ...]
    limits: Limits
    requirements: tuple[Requirement, ...]
    languages: tuple[str, ...]
    pack_folder: Path
    solutions_root: Path
    """Holds ``<topic>/<exercise>/`` of its pack's solutions."""
    equivalents: tuple[Equivalent, ...] = ()

    @property
    def id(self) -> str:
        """``topic/exercise``."""
        return f"{self.topic}/{self.name}"

    @property
    def key(self) -> str:
        """By which progress is kept: the id, after the name of the pack and a colon unless it is the built-in one.

        Unlike ``Catalog.id_of`` it stays the same whatever packs come and go.
        """
        return self.id if self.pack == BUILTIN else f"{self.pack}:{self.id}"

    @property
    def place(self) -> Path:
        """Where the learner's file is, inside the folder of their work; as constant as ``key``."""
        inside = Path(self.topic, f"{self.name}.py")
        return inside if self.pack == BUILTIN else self.pack / inside

    @property
    def folder(self) -> Path:
        return self.pack_folder / self.topic / self.name

    @property
    def solutions_folder(self) -> Path:
        return self.solutions_root / self.topic / self.name

    @property
    def stub(self) -> Path:
        return self.folder / "stub.py"

    @property
    def grader(self) -> Path:
        return self.folder / f"test_{self.name}.py"

    @property
    def mistakes(self) -> tuple[Path, ...]:
        """Known wrong answers, by name."""
        return _python_files(self.folder / "mistakes")

    @property
    def solutions(self) -> tuple[Path, ...]:
        """Right answers, the reference (``solution.py``) first."""
        reference = self.solutions_folder / "solution.py"
        return (reference, *(path for path in _python_files(self.solutions_folder) if path != reference))

    def document(self, stem: str, language: str) -> Path:
        """The file of ``lesson`` or ``faq`` in ``language`` (English where the pack does not speak it)."""
        return _by_language(self.folder, stem, language)

    def lesson(self, language: str) -> str:
        """The lesson as Markdown."""
        return self.document("lesson", language).read_text(encoding="utf-8")

    def explained(self, language: str) -> str:
        """Why the reference is written as it is, as Markdown."""
        return _by_language(self.solutions_folder, "explained", language).read_text(encoding="utf-8")

    def faq(self, language: str) -> tuple[FaqEntry, ...]:
        """The questions that learners ask here, in the order of the file, which is the same in every language."""
        from tutor.catalog.faq import parse_faq

        return parse_faq(self.document("faq", language).read_text(encoding="utf-8")).entries

    def requirement(self, test: str) -> Requirement | None:
        return next((r for r in self.requirements if r.test == test), None)


class Topic(msgspec.Struct, frozen=True):
    pack: str
    name: str
    title: Text
    summary: Text
    exercises: tuple[Exercise, ...]


class Track(msgspec.Struct, frozen=True):
    pack: str
    name: str
    title: Text
    topics: tuple[Topic, ...]


class Pack(msgspec.Struct, frozen=True, dict=True):
    name: str
    title: Text
    languages: tuple[str, ...]
    tracks: tuple[Track, ...]
    folder: Path

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """Every exercise, in the order a learner meets them."""
        return tuple(e for track in self.tracks for topic in track.topics for e in topic.exercises)


class UnknownExercise(LookupError):
    """No exercise goes by this name, or several do. The sentence and ``matches`` name what could have been meant."""

    def __init__(self, message: str, matches: tuple[str, ...]) -> None:
        super().__init__(message)
        self.matches = matches


class Catalog(msgspec.Struct, frozen=True, dict=True):
    """The packs that could be loaded, and what is wrong with the others."""

    packs: tuple[Pack, ...]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """Every exercise, pack by pack, in the order a learner meets them."""
        return tuple(e for pack in self.packs for e in pack.exercises)

    @cached_property
    def _homes(self) -> dict[str, str | None]:
        """The pack that each ``topic/exercise`` alone means; None where several packs have one, all of them added."""
        homes: dict[str, str | None] = {}
        for exercise in self.exercises:
            known = homes.setdefault(exercise.id, exercise.pack)
            if known not in (exercise.pack, BUILTIN):
                homes[exercise.id] = BUILTIN if exercise.pack == BUILTIN else None
        return homes

    def id_of(self, exercise: Exercise) -> str:
        """The shortest name by which ``find`` knows ``exercise``: ``topic/exercise`` unless two packs clash.

        Where the built-in pack is one of them, its exercise keeps the short name.
        """
        id_ = exercise.id
        return id_ if self._homes.get(id_, exercise.pack) == exercise.pack else f"{exercise.pack}:{id_}"

    def find(self, name: str) -> Exercise:
        """The exercise called ``topic/exercise`` or ``pack:topic/exercise``.

        Where several packs have it, the short name means the built-in pack's.

        Raises:
            UnknownExercise: there is none, or several other packs have one.
        """
        exercises = self.exercises
        pack, colon, short = name.rpartition(":")
        found = [e for e in exercises if e.id == short and (e.pack == pack or not colon)]
        if len(found) > 1:
            found = [e for e in found if e.pack == BUILTIN] or found
        if len(found) == 1:
            return found[0]
        if found:
            matches = tuple(f"{e.pack}:{e.id}" for e in found)
            message = _("several packs have an exercise {name}: write {matches}")
        else:
            matches = self._close_matches(name)
            message = (
                _("there is no exercise {name}; did you mean {matches}?")
                if matches
                else _("there is no exercise {name}")
            )
        choice = _(" or ").join(matches)
        raise UnknownExercise(message.format(name=repr(name), matches=choice), matches)

    def next_after(self, exercise: Exercise) -> Exercise | None:
        """What comes after ``exercise``, in the next pack if need be; None after the last, or if it is not in here."""
        here = (exercise.pack, exercise.id)
        rest = iter(self.exercises)
        return next(rest, None) if any((e.pack, e.id) == here for e in rest) else None

    def _close_matches(self, name: str) -> tuple[str, ...]:
        """Ids that look like ``name`` (with the pack, without it, or by the last part alone), the closest first."""
        import difflib  # only here: a name that is known does not pay for it

        spellings: dict[str, Exercise] = {}
        for exercise in self.exercises:
            for spelling in (exercise.id, f"{exercise.pack}:{exercise.id}", exercise.name):
                spellings.setdefault(spelling, exercise)
        close = difflib.get_close_matches(name, spellings, n=6, cutoff=0.7)
        return tuple(dict.fromkeys(self.id_of(spellings[spelling]) for spelling in close))[:3]


def _by_language(folder: Path, stem: str, language: str) -> Path:
    translated = folder / document_name(stem, language)
    return translated if translated.is_file() else folder / document_name(stem, "en")


def _python_files(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(sorted(path for path in folder.iterdir() if path.name.endswith(".py")))
    except OSError:
        return ()
