"""One learner's folder: their files, and in ``.tutor`` their progress and the backups of what they reset."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.catalog.model import Exercise
from tutor.locale import _
from tutor.workspace import files, records
from tutor.workspace.errors import WorkspaceError
from tutor.workspace.presence import Presence
from tutor.workspace.records import Attempt, ExerciseState
from tutor.workspace.store import Store
from tutor.workspace.unsaved import Unsaved, UnsavedFolder

if TYPE_CHECKING:
    from tutor.workspace.history import History


class Workspace:
    """The learner's files and progress. Any thread may call any method; several tutors may share a folder.

    Methods about files raise ``WorkspaceError``; methods about progress never raise for what the disk does: where it is
    full, locked or read-only they go on in memory, and ``problem`` says so.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self._store = store
        self._unsaved = UnsavedFolder(folder / ".tutor" / "unsaved")
        self._presence = Presence(folder / ".tutor" / "open")
        self.shared = False
        """Whether another tutor was there already when this one entered."""

    @classmethod
    def open(cls, folder: Path) -> Workspace:
        """The workspace in ``folder``, which is made where it does not exist.

        A folder that cannot be written is no error: what is there can be read and graded; see ``problem``.

        Raises:
            WorkspaceError: there is no such folder and it cannot be made, or it is no folder.
        """
        folder = folder.expanduser().absolute()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(_no_folder(folder, files.reason(error))) from error
        return cls(folder, Store(folder / ".tutor" / "progress.db"))

    # The learner's files

    def path(self, exercise: Exercise) -> Path:
        """Where the learner's file for ``exercise`` is, or will be."""
        return self.folder / exercise.place

    def ensure(self, exercise: Exercise) -> Path:
        """Write the learner's file from the stub where there is none; whatever is there stays as it is.

        Raises:
            WorkspaceError: it cannot be written.
        """
        path = self.path(exercise)
        if not os.path.lexists(path):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                files.name_new(files.write_beside(path, _stub(exercise)), path)
            except OSError as error:
                raise WorkspaceError(_not_made(path, files.reason(error))) from error
        return path

    def read(self, exercise: Exercise) -> bytes:
        """The learner's file as it is now.

        Raises:
            WorkspaceError: gone, unreadable, not a regular file (nor a link to one), over 1 MiB. Never blocks.
        """
        return files.read_submission(self.path(exercise))

    def write(self, exercise: Exercise, content: bytes, came_from: bytes | None) -> Path | None:
        """Put ``content`` in the learner's file, in one step; permissions stay, and a link stays a link.

        Args:
            exercise: whose file.
            content: what is to be in it.
            came_from: what the file held when ``content`` was begun, or ``None``. Where it holds something else now,
                somebody has saved meanwhile, and that is kept as a dated backup first.

        Returns:
            The backup, or ``None`` where none was needed.

        Raises:
            WorkspaceError: over 1 MiB, no room, no right, no regular file; then the file is as it was.
        """
        path = self.path(exercise)
        if len(content) > files.MOST_BYTES:
            raise WorkspaceError(_too_large_to_save(path))
        try:
            while True:
                real = files.find_regular(path)
                if real is None:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    if files.name_new(files.write_beside(path, content), path):
                        return None
                    continue  # somebody has put a file there this moment
                hidden = files.write_beside(real, content)
                backup: Path | None = None
                try:
                    # Read as late as can be: between this look and the change of names nothing else happens.
                    found = files.read_submission(real)
                    if found not in (came_from, content):
                        backup = self.keep(exercise, found)
                    files.replace(real, hidden)
                finally:
                    files.discard(hidden)
                return backup
        except OSError as error:
            raise WorkspaceError(_not_saved(path, files.reason(error))) from error

    def keep(self, exercise: Exercise, content: bytes) -> Path:
        """Write ``content`` to a dated backup of the learner's file.

        Raises:
            WorkspaceError: it cannot be written.
        """
        folder = self._backup_folder(exercise)
        try:
            return files.keep(content, folder, exercise.name, ".py")
        except OSError as error:
            raise WorkspaceError(_not_kept(folder, files.reason(error))) from error

    def reset(self, exercise: Exercise) -> Path | None:
        """Move the learner's file to a dated backup and put the stub in its place.

        Where the file is a link, the file that it leads to is moved and replaced, and the link stays.

        Returns:
            The backup, or ``None`` where there was no file.

        Raises:
            WorkspaceError: something that is no file is there, or the backup cannot be written; then all is as before.
        """
        path = self.path(exercise)
        real = files.find_regular(path)
        if real is None:
            self.ensure(exercise)
            return None
        stub = _stub(exercise)
        folder = self._backup_folder(exercise)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Written before anything moves: a disk without room for the stub is met while the file is in its place.
            hidden = files.write_beside(real, stub)
        except OSError as error:
            raise WorkspaceError(_not_reset(path, files.reason(error))) from error
        backup: Path | None = None
        try:
            backup = files.move_aside(real, folder, exercise.name, ".py")
        except FileNotFoundError:
            pass  # another tutor reset it a moment ago and has the backup; what is left is to see that a stub is there
        except OSError as error:
            files.discard(hidden)
            raise WorkspaceError(_not_reset(path, files.reason(error))) from error
        try:
            # Where the learner's editor has saved in between, what it saved stays.
            files.name_new(hidden, real)
        except OSError as error:
            raise WorkspaceError(_half_reset(path, backup, files.reason(error))) from error
        return backup

    def backups(self, exercise: Exercise) -> tuple[Path, ...]:
        """The backups that ``reset``, ``write`` and ``keep`` have made, oldest first."""
        pattern = re.compile(re.escape(exercise.name) + r"-(\d{8}-\d{6})(?:-(\d+))?\.py")
        found = [
            (match[1], int(match[2] or 1), path)
            for path in self._backup_folder(exercise).glob("*.py")
            if (match := pattern.fullmatch(path.name))
        ]
        return tuple(path for _stamp, _count, path in sorted(found))

    def _backup_folder(self, exercise: Exercise) -> Path:
        return self.folder / ".tutor" / "backups" / exercise.place.parent

    # What was typed and not saved

    def save_unsaved(self, exercise: Exercise, content: bytes) -> None:
        """Keep what was typed and not saved yet, for the case that this process ends before it is.

        Raises:
            WorkspaceError: it cannot be written.
        """
        try:
            self._unsaved.save(exercise.place, content)
        except OSError as error:
            raise WorkspaceError(_not_kept(self._unsaved.folder, files.reason(error))) from error

    def drop_unsaved(self, exercise: Exercise) -> None:
        """What this process kept of ``exercise`` with ``save_unsaved`` is saved now, or was given up."""
        self._unsaved.drop(exercise.place)

    def unsaved(self, exercise: Exercise) -> Unsaved | None:
        """The newest text that another process left unsaved when it ended; ``None`` where all is in the file."""
        try:
            saved = self.read(exercise)
        except WorkspaceError:
            saved = None
        return self._unsaved.left(exercise.place, saved)

    def settle_unsaved(self, exercise: Exercise, unsaved: Unsaved, *, keep: bool) -> Path | None:
        """It was decided about ``unsaved``: move it to a dated backup (``keep``), or forget it.

        Returns:
            The backup, if one was made.

        Raises:
            WorkspaceError: the backup cannot be written; then it stays where it is.
        """
        backup = self.keep(exercise, unsaved.content) if keep else None
        self._unsaved.forget(unsaved)
        return backup

    # Progress

    @property
    def problem(self) -> str | None:
        """What the learner should know about their progress, as a sentence, or ``None``.

        Either why it cannot be written (gone once a later change was written, with all that had waited), or that the
        file was found damaged and a new one begun (stays as long as this workspace is open).
        """
        return self._store.problem

    @property
    def unsaved_changes(self) -> int:
        """How many changes of the learner's progress are in memory only."""
        return self._store.unsaved

    def enter(self) -> None:
        """Be seen by other tutors that enter, until this process ends; see ``shared``."""
        self.shared = self._presence.enter()

    def look_around(self) -> bool:
        """Write progress that could not be written before, if that goes by now.

        Returns:
            Whether another tutor has written progress since this was last asked.
        """
        self._store.settle()
        return self._store.changed_elsewhere()

    def record(self, attempt: Attempt) -> None:
        """Add ``attempt`` to the learner's progress."""
        self._store.change(records.add(attempt))

    def attempts(self, exercise_key: str) -> tuple[Attempt, ...]:
        """Every attempt at an exercise, oldest first."""
        return self._store.ask(partial(records.all_attempts, exercise=exercise_key))

    def last_attempt(self, exercise_key: str) -> Attempt | None:
        """The newest attempt at an exercise."""
        return self._store.ask(partial(records.last_attempt, exercise=exercise_key))

    def first_pass(self, exercise_key: str) -> Attempt | None:
        """The first attempt at an exercise that passed; ``None`` before ``record``: the pass recorded is the first."""
        return self._store.ask(partial(records.first_pass, exercise=exercise_key))

    def states(self) -> dict[str, ExerciseState]:
        """How far the learner is, by the exercises' keys.

        Exercises with neither file nor attempt are not in it: they are "new". Files of the learner's own that lie
        beside the others are in it, under the key they would have.
        """
        # From the files themselves, so that it is right even where progress was lost or never written.
        started: dict[str, ExerciseState] = {
            f"{path.parent.name}/{path.stem}": "started" for path in self.folder.glob("[!.]*/[!.]*.py")
        }
        for path in self.folder.glob("[!.]*/[!.]*/[!.]*.py"):
            started[f"{path.parents[1].name}:{path.parent.name}/{path.stem}"] = "started"
        return started | self._store.ask(records.best_verdicts)

    def history(self) -> History:
        """What was done so far, day by day and exercise by exercise."""
        from tutor.workspace.history import history

        return history(self._store.ask(records.moments), self._store.ask(records.entries_met))

    def met(self, exercise_key: str, faq: str) -> None:
        """Remember that a wrong answer brought up an entry of the FAQ."""
        self._store.change(records.met(exercise_key, faq))

    def hints_shown(self, exercise_key: str) -> dict[str, int]:
        """How many steps have been revealed, by the id of the FAQ entry."""
        return self._store.ask(partial(records.hints_shown, exercise=exercise_key))

    def show_hint(self, exercise_key: str, faq: str, steps: int) -> None:
        """Remember that ``steps`` steps of an FAQ entry have been revealed; fewer than before changes nothing."""
        self._store.change(records.show_hint(exercise_key, faq, steps))

    def clear_hints(self, exercise_key: str) -> None:
        """Forget which hints have been revealed for an exercise."""
        self._store.change(records.clear_hints(exercise_key))

    @property
    def last_exercise(self) -> str | None:
        """The id of the exercise where the learner was."""
        return self._store.ask(partial(records.note, key=records.LAST_EXERCISE))

    @last_exercise.setter
    def last_exercise(self, exercise_key: str) -> None:
        self._store.change(records.set_note(records.LAST_EXERCISE, exercise_key))

    def opened(self, exercise_key: str) -> None:
        """Remember when an exercise was opened, and that the learner is there now."""
        self._store.change(records.opened(exercise_key))


def _stub(exercise: Exercise) -> bytes:
    try:
        return exercise.stub.read_bytes()
    except OSError as error:
        raise WorkspaceError(
            _("The stub {file} cannot be read ({reason}). Install the pack it belongs to again.").format(
                file=exercise.stub, reason=files.reason(error)
            )
        ) from error


def _no_folder(folder: Path, why: str) -> str:
    return _("{folder} cannot be the folder of your work ({reason}). Choose another one.").format(
        folder=folder, reason=why
    )


def _not_made(path: Path, why: str) -> str:
    return _("{file} cannot be made ({reason}). Mend that, or choose another folder for your work.").format(
        file=path, reason=why
    )


def _too_large_to_save(path: Path) -> str:
    return _("{file} was not saved: it would be larger than {limit} MiB. Take out what is not code.").format(
        file=path, limit=files.MOST_BYTES // 1024**2
    )


def _not_saved(path: Path, why: str) -> str:
    return _("{file} was not saved ({reason}). What you typed is still here: mend that, then save again.").format(
        file=path, reason=why
    )


def _not_kept(folder: Path, why: str) -> str:
    return _("No copy could be written to {folder} ({reason}). Mend that, then try again.").format(
        folder=folder, reason=why
    )


def _not_reset(path: Path, why: str) -> str:
    return _("{file} was not reset, because no backup of it could be made ({reason}). It is as it was.").format(
        file=path, reason=why
    )


def _half_reset(path: Path, backup: Path | None, why: str) -> str:
    if backup is None:
        return _not_made(path, why)
    return _(
        "Your file is safe as {backup}, but the stub could not be put in its place ({reason}). "
        "Open the exercise again to get it."
    ).format(backup=backup, reason=why)
