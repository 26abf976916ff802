"""What a pack is once it has been read: frozen values, text by language, paths that are known to exist."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tutor.catalog.faq import FaqEntry, parse_faq
from tutor.catalog.problems import Problem
from tutor.locale import _

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
    folder: Path
    solutions_folder: Path

    @property
    def id(self) -> str:
        """``topic/exercise``."""
        return f"{self.topic}/{self.name}"

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


class Pack(msgspec.Struct, frozen=True):
    name: str
    title: Text
    languages: tuple[str, ...]
    tracks: tuple[Track, ...]
    folder: Path

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Every exercise, in the order a learner meets them."""
        return tuple(e for track in self.tracks for topic in track.topics for e in topic.exercises)


class UnknownExercise(LookupError):
    """No exercise goes by this name, or several do. The sentence and ``matches`` name what could have been meant."""

    def __init__(self, message: str, matches: tuple[str, ...]) -> None:
        super().__init__(message)
        self.matches = matches


class Catalog(msgspec.Struct, frozen=True):
    """The packs that could be loaded, and what is wrong with the others."""

    packs: tuple[Pack, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Every exercise, pack by pack, in the order a learner meets them."""
        return tuple(e for pack in self.packs for e in pack.exercises)

    def id_of(self, exercise: Exercise) -> str:
        """The shortest name by which ``find`` knows ``exercise``: ``topic/exercise`` unless two packs clash."""
        return _shortest(exercise, self.exercises)

    def find(self, name: str) -> Exercise:
        """The exercise called ``topic/exercise`` or ``pack:topic/exercise``.

        Raises:
            UnknownExercise: there is none, or several packs have one.
        """
        exercises = self.exercises
        pack, colon, short = name.rpartition(":")
        found = [e for e in exercises if e.id == short and (e.pack == pack or not colon)]
        if len(found) == 1:
            return found[0]
        if found:
            matches = tuple(f"{e.pack}:{e.id}" for e in found)
            message = _("several packs have an exercise {name}: write {matches}")
        else:
            matches = _close_matches(name, exercises)
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


def _shortest(exercise: Exercise, exercises: tuple[Exercise, ...]) -> str:
    unique = all(e.pack == exercise.pack for e in exercises if e.id == exercise.id)
    return exercise.id if unique else f"{exercise.pack}:{exercise.id}"


def _close_matches(name: str, exercises: tuple[Exercise, ...]) -> tuple[str, ...]:
    """Ids that look like ``name`` (with the pack, without it, or by the last part alone), the closest first."""
    import difflib  # only here: a name that is known does not pay for it

    spellings: dict[str, Exercise] = {}
    for exercise in exercises:
        for spelling in (exercise.id, f"{exercise.pack}:{exercise.id}", exercise.name):
            spellings.setdefault(spelling, exercise)
    close = difflib.get_close_matches(name, spellings, n=6, cutoff=0.7)
    return tuple(dict.fromkeys(_shortest(spellings[spelling], exercises) for spelling in close))[:3]


def _by_language(folder: Path, stem: str, language: str) -> Path:
    translated = folder / document_name(stem, language)
    return translated if translated.is_file() else folder / document_name(stem, "en")


def _python_files(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(sorted(path for path in folder.iterdir() if path.name.endswith(".py")))
    except OSError:
        return ()
