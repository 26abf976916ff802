"""What a pack is once it has been read: frozen values, text by language, paths that are known to exist."""

from __future__ import annotations

from pathlib import Path

import msgspec

Text = dict[str, str]
"""Text by language code: ``{"en": "…", "ja": "…"}``."""

DEVICES: tuple[str, ...] = ("cpu", "cuda")


def in_language(text: Text, language: str) -> str:
    """``text`` in ``language``; in English, or whatever there is, where the pack does not speak it."""
    return text.get(language) or text.get("en") or next(iter(text.values()))


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one grading run may use."""

    seconds: float = 10.0
    """Wall-clock seconds for one requirement."""
    run_seconds: float = 60.0
    """Wall-clock seconds for the whole run."""
    memory_mb: int = 2048
    """MiB that a box may hold beyond what torch itself takes."""
    output_kb: int = 512
    """KiB that one requirement may print."""


class Requirement(msgspec.Struct, frozen=True):
    """One graded test as the learner sees it."""

    test: str
    sentence: Text
    faq: str


class FaqEntry(msgspec.Struct, frozen=True):
    """One question of ``faq.md`` in one language; ``steps`` are revealed one at a time, the gentlest first."""

    id: str
    question: str
    steps: tuple[str, ...]


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
        return tuple(sorted((self.folder / "mistakes").glob("*.py")))

    @property
    def solutions(self) -> tuple[Path, ...]:
        """Right answers, the reference (``solution.py``) first."""
        reference = self.solutions_folder / "solution.py"
        return (reference, *sorted(p for p in self.solutions_folder.glob("*.py") if p != reference))

    def document(self, stem: str, language: str) -> Path:
        """The file of ``lesson`` or ``faq`` in ``language`` (English where the pack does not speak it)."""
        return _by_language(self.folder, stem, language)

    def lesson(self, language: str) -> str:
        """The lesson as Markdown."""
        return self.document("lesson", language).read_text(encoding="utf-8")

    def explained(self, language: str) -> str:
        """Why the reference is written as it is, as Markdown."""
        return _by_language(self.solutions_folder, "explained", language).read_text(encoding="utf-8")

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


def _by_language(folder: Path, stem: str, language: str) -> Path:
    translated = folder / f"{stem}.{language}.md"
    return translated if language != "en" and translated.is_file() else folder / f"{stem}.md"
