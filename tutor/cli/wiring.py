"""What every command stands on: settings, workspace, catalogue, session and engine, put together once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor import locale
from tutor.cli import paper
from tutor.cli.errors import Refusal
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.catalog import Catalog, Exercise
    from tutor.grading import Engine
    from tutor.session import Session
    from tutor.workspace import ExerciseState, Settings, Workspace


class Wiring:
    """One run of the command line. What is not asked for is neither imported nor opened."""

    def __init__(self) -> None:
        self.language_option: str | None = None
        self.workspace_option: Path | None = None
        self._workspace: Workspace | None = None

    def speak(self, arguments: Sequence[str]) -> None:
        """Choose the language: ``--lang``, wherever it stands, else the settings, else the environment.

        It has to be known before the command line is parsed, because help and refusals are in it.
        """
        language = _language_option(arguments)
        if language is None:
            from tutor.workspace import SettingsError

            try:
                language = self.settings.language
            except SettingsError:
                language = None  # whoever needs the settings says so
        locale.use(language or locale.from_environment())

    @cached_property
    def settings(self) -> Settings:
        """The settings as they were at the start. Raises SettingsError."""
        return self.fresh_settings()

    def fresh_settings(self) -> Settings:
        """The settings as they are now, when another tutor may have changed them. Raises SettingsError."""
        from tutor.workspace import load_settings

        return load_settings()

    @property
    def chosen_folder(self) -> Path | None:
        """The folder for the learner's work that somebody has chosen: the option, the environment, the settings.

        Raises:
            SettingsError: nothing else chooses, and the settings cannot be read.
        """
        named = self.workspace_option or os.environ.get("TUTOR_WORKSPACE") or self.settings.workspace
        return Path(named).expanduser().absolute() if named else None

    @property
    def folder(self) -> Path:
        """The folder for the learner's work. Raises SettingsError."""
        from tutor.workspace import default_workspace

        return self.chosen_folder or default_workspace()

    @property
    def workspace(self) -> Workspace:
        """The learner's files and progress; made where there is none yet.

        Raises:
            WorkspaceError, SettingsError: it cannot be.
        """
        from tutor.workspace import Workspace

        if self._workspace is None:
            self._workspace = Workspace.open(self.folder)
        return self._workspace

    @property
    def workspace_problem(self) -> str | None:
        """What the learner should know about their progress, if any of it was looked at."""
        return self._workspace.problem if self._workspace is not None else None

    @cached_property
    def catalog(self) -> Catalog:
        """Every pack that loads; what is wrong with the others goes to stderr. Raises PackError: there is none."""
        catalog = load_catalog()
        for problem in catalog.problems:
            paper.warn(_("This pack is left out: {problem}").format(problem=problem))
        return catalog

    def exercise(self, name: str | None) -> Exercise:
        """The exercise called ``name``, or the one that the learner had open last.

        Raises:
            UnknownExercise: there is none of that name.
            Refusal: none was ever opened.
        """
        name = name or (self.workspace.last_exercise if self.folder.is_dir() else None)
        if name is None:
            raise Refusal(_("Which exercise? None has been opened yet: `tutor list` shows them, so name one."))
        return self.catalog.find(name)

    def states(self) -> dict[str, ExerciseState]:
        """How far the learner is, by exercise id. Looking makes no folder."""
        known = self.workspace.states() if self.folder.is_dir() else {}
        return {key: known.get(key, "new") for key in map(self.catalog.id_of, self.catalog.exercises)}

    def engine(self) -> Engine:
        """An engine that has not been started."""
        return make_engine(self.catalog, self.folder)

    def session(self, engine: Engine | None = None) -> Session:
        """The learner at work; without ``engine`` for what needs none."""
        from tutor.session import Session

        return Session(self.catalog, self.workspace, engine or self.engine())


def pack_folders() -> tuple[Path, ...]:
    """The packs to load. Raises PackError: the built-in one is not there."""
    from tutor.catalog import builtin_pack

    return (builtin_pack(),)


def load_catalog() -> Catalog:
    """Every pack. Raises PackError: the built-in one is not there."""
    from tutor.catalog import load_catalog

    return load_catalog(pack_folders())


def make_engine(catalog: Catalog, workspace: Path) -> Engine:
    """An engine whose boxes see neither packs nor solutions nor the learner's files."""
    from tutor.grading import Engine

    return Engine(hidden=hidden_folders(catalog, workspace), needs=())


def hidden_folders(catalog: Catalog, workspace: Path) -> tuple[Path, ...]:
    """The folders that no box may read.

    Where Python, its libraries or the tutor lie inside the workspace (someone works in the clone, or in their home
    folder), hiding all of it would leave the boxes nothing to import: then only what the tutor put there is hidden.
    """
    packs = [pack.folder for pack in catalog.packs]
    solutions = [exercise.solutions_folder.parents[1] for exercise in catalog.exercises]
    work = workspace.resolve()
    if any(needed.is_relative_to(work) for needed in _needed()):
        own = [work / ".tutor", *(work / exercise.topic for exercise in catalog.exercises)]
    else:
        own = [work]
    return tuple(dict.fromkeys([*packs, *solutions, *own]))


def _needed() -> Iterable[Path]:
    """What server and boxes import from."""
    roots = [sys.prefix, sys.base_prefix, sys.exec_prefix, *(entry for entry in sys.path if entry), __file__]
    for root in roots:
        path = Path(root).resolve()
        if path.exists():
            yield path


def _language_option(arguments: Sequence[str]) -> str | None:
    """The last ``--lang`` of a command line that has not been parsed; one that is unknown is refused later."""
    found = None
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        value = None
        if argument == "--lang" and index + 1 < len(arguments):
            value = arguments[index + 1]
        elif argument.startswith("--lang="):
            value = argument.removeprefix("--lang=")
        if value in locale.LANGUAGES:
            found = value
    return found
