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
    from tutor.grading.shared import AnyEngine, SharedEngine
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

    @property
    def unsaved_changes(self) -> int:
        """How much of the learner's progress could not be written."""
        return self._workspace.unsaved_changes if self._workspace is not None else 0

    def take_up(self, workspace: Workspace) -> None:
        """``workspace`` was opened by somebody else: what becomes of it is said at the end."""
        self._workspace = workspace

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
        return {self.catalog.id_of(e): known.get(e.key, "new") for e in self.catalog.exercises}

    def engine(self) -> Engine:
        """An engine that has not been started."""
        return make_engine(self.catalog, self.folder)

    def shared_engine(self) -> SharedEngine | None:
        """A connection, not made yet, to the per-user server; None where there is to be none.

        Raises:
            Refusal: how long it is to stay makes no sense.
        """
        from tutor.grading import private

        try:
            if private.idle_minutes() == 0:
                return None
        except private.NoServer as error:
            raise Refusal(str(error)) from error
        from tutor.grading.shared import SharedEngine

        return SharedEngine(hidden=hidden_folders(self.catalog, self.folder))

    def session(self, engine: AnyEngine | None = None) -> Session:
        """The learner at work; without ``engine`` for what needs none."""
        from tutor.session import Session

        return Session(self.catalog, self.workspace, engine or self.engine())


def pack_folders() -> tuple[Path, ...]:
    """The packs to load, the built-in one first. Raises PackError: that one is not there."""
    from tutor.catalog import builtin_pack
    from tutor.workspace import SettingsError
    from tutor.workspace.packs import added_packs

    try:
        added = added_packs()
    except SettingsError:
        added = ()  # load_catalog says so
    return (builtin_pack(), *(pack.folder for pack in added))


def load_catalog() -> Catalog:
    """Every pack. Raises PackError: the built-in one is not there."""
    from tutor.catalog import open_catalog

    return _with_lists_problem(open_catalog(pack_folders()))


def first_look() -> Catalog | None:
    """Every pack as an earlier start found it, as far as a list shows it; None where that may not be what they are now.

    Raises:
        PackError: the built-in one is not there.
    """
    from tutor.catalog import first_look

    catalog = first_look(pack_folders())
    return None if catalog is None else _with_lists_problem(catalog)


def _with_lists_problem(catalog: Catalog) -> Catalog:
    """``catalog``, with what is wrong with the list of added packs among its problems."""
    from tutor.workspace import SettingsError
    from tutor.workspace.packs import added_packs, packs_file

    try:
        added_packs()
    except SettingsError as error:
        import msgspec

        from tutor.catalog import Problem

        what = _(
            "the packs that you added are left out ({reason}): correct this file, or move it away and add them again"
        )
        problem = Problem(packs_file(), "", None, what.format(reason=error.__cause__))
        return msgspec.structs.replace(catalog, problems=(*catalog.problems, problem))
    return catalog


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
    solutions = [exercise.solutions_root for exercise in catalog.exercises]
    work = workspace.resolve()
    if any(needed.is_relative_to(work) for needed in _needed()):
        own = [work / ".tutor", *(work / exercise.place.parent for exercise in catalog.exercises)]
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
