"""A SQLite file that may fail at any moment without taking the learner's session with it.

A connection is opened for each piece of work and closed after it, and one lock lets a single thread in at a time. So
any thread may call; nothing has to be closed at the end; the file may be moved, deleted or mended meanwhile, and the
next piece of work meets what is there then; and no lock of SQLite's outlives the few milliseconds of a change.

The journal is SQLite's ordinary rollback journal, not WAL: WAL needs memory shared between the processes, so it breaks
where two machines share a home folder, and a database in WAL mode cannot be read at all from a read-only folder.

Changes that could not be written wait in memory and go before the next one. Meanwhile questions are answered from a
copy in memory to which they have been applied.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from tutor.locale import _
from tutor.workspace.files import move_aside, reason
from tutor.workspace.records import MIGRATIONS, Change

T = TypeVar("T")

BUSY_SECONDS = 3.0
"""How long to wait for another tutor to finish its change."""


class _Unavailable(Exception):
    """The file cannot be used now; the message is the sentence for the learner."""


class _Newer(Exception):
    """The file was written by a newer tutor."""


class Store:
    """Progress in ``file``, whose folder is made if need be. Nothing here raises for what a disk may do."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.RLock()
        self._unsaved: list[Change] = []
        self._memory: sqlite3.Connection | None = None
        self._trouble: str | None = None
        self._damage: str | None = None
        self._seen: tuple[int, ...] | None = None
        try:
            self._on_file(_rehearse)  # makes the file, or finds out at once why it cannot be written
        except _Unavailable as error:
            self._trouble = str(error)
        self._seen = self._stamp()

    @property
    def problem(self) -> str | None:
        """Why progress cannot be written now, or that the file was found damaged; a sentence for the learner."""
        return self._trouble or self._damage

    def change(self, change: Change) -> None:
        """Write ``change``, after those still unsaved; keep them all in memory where that fails."""
        with self._lock:
            waiting = [*self._unsaved, change]
            try:
                self._write(waiting)
            except _Unavailable as error:
                self._trouble = str(error)
                # The copy first: a change that is wrong in itself raises here, and must not wait with the others.
                self._answer_from(self._copy(waiting))
                self._unsaved = waiting

    @property
    def unsaved(self) -> int:
        """How many changes are in memory only."""
        return len(self._unsaved)

    def settle(self) -> None:
        """Write what is in memory only, if that goes by now."""
        with self._lock:
            if self._trouble is None:
                return
            try:
                self._write(self._unsaved)
            except _Unavailable as error:
                self._trouble = str(error)

    def changed_elsewhere(self) -> bool:
        """Whether another tutor has written since this was last asked, or may have."""
        with self._lock:
            before, self._seen = self._seen, self._stamp()
            return self._seen != before

    def _write(self, changes: Sequence[Change]) -> None:
        # What another tutor writes in the instant between the two is seen with its next change.
        foreign = self._stamp() != self._seen
        self._on_file(lambda connection: _apply(connection, changes) if changes else _rehearse(connection))
        self._trouble = None
        self._unsaved = []
        self._answer_from(None)
        if not foreign:
            self._seen = self._stamp()

    def _stamp(self) -> tuple[int, ...] | None:
        """What is different after each change of the file."""
        try:
            status = self.file.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer to ``question`` from the file, unsaved changes included."""
        with self._lock:
            if self._memory is not None:
                return question(self._memory)
            try:
                return self._on_file(question)
            except _Unavailable as error:
                self._trouble = str(error)
            with contextlib.closing(self._copy(())) as memory:
                return question(memory)

    def _answer_from(self, memory: sqlite3.Connection | None) -> None:
        if self._memory is not None:
            self._memory.close()
        self._memory = memory

    def _on_file(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The result of ``work`` on the file; a damaged one is moved aside and the work done on a fresh one.

        Raises:
            _Unavailable: there is no working with it.
        """
        try:
            found = _identity(self.file)
            try:
                return self._once(work)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
            self._set_damaged_aside(found)
            return self._once(work)
        except _Newer as error:
            raise _Unavailable(_newer(self.file)) from error
        except OSError as error:
            raise _Unavailable(_no_place(self.file, error)) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) or _is_damage(error):
                raise _Unavailable(_no_writing(self.file, error)) from error
            raise  # a broken constraint, a wrong statement: our own mistakes, not the disk's

    def _once(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self.file.parent.mkdir(exist_ok=True)
        with contextlib.closing(connect(self.file)) as connection:
            _bring_up_to_date(connection)
            return work(connection)

    def _copy(self, changes: Sequence[Change]) -> sqlite3.Connection:
        """The file, or an empty one where it cannot be read, with ``changes``, in memory."""
        memory = _in_memory()
        try:
            with contextlib.closing(connect(self.file)) as connection:
                connection.execute("BEGIN")
                _version(connection)  # takes the read lock, or gives up; backup() would wait for it without end
                connection.backup(memory)
            if memory.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("damaged")
            _bring_up_to_date(memory)
        except (sqlite3.DatabaseError, _Newer):
            memory.close()
            memory = _in_memory()
            _bring_up_to_date(memory)
        _apply(memory, changes)
        return memory

    def _set_damaged_aside(self, found: tuple[int, int] | None) -> None:
        """Move the damaged file away, unless another tutor, which found the same, has done so and begun a fresh one."""
        with _locked(self.file.with_name("lock")):
            if found is None or _identity(self.file) != found:
                return
            # The journal first: left behind, it would be played back into the fresh file.
            for suffix in ("-journal", "-wal", "-shm"):
                side = self.file.with_name(self.file.name + suffix)
                if side.exists():
                    move_aside(side, side.parent, f"{side.name}.damaged", "")
            aside = move_aside(self.file, self.file.parent, f"{self.file.name}.damaged", "")
        self._damage = _damaged(aside)


def connect(file: Path) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are begun and ended here, in so many words."""
    return sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)


def _in_memory() -> sqlite3.Connection:
    # Any thread may be the next to ask it; the store's lock sees to it that they do so in turn.
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    # IMMEDIATE: a transaction that begins as a reader and wants to write later may be refused without any waiting.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may already have ended it
            connection.execute("ROLLBACK")
        raise


def _apply(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    with _transaction(connection):
        for change in changes:
            change(connection)


def _rehearse(connection: sqlite3.Connection) -> None:
    """Fail as a change would, and change nothing. Beginning alone tells too little: SQLite then settles for reading."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    with _transaction(connection):
        # Asked again, now that no other tutor can be at it.
        for migrate in MIGRATIONS[_version(connection) :]:
            migrate(connection)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise _Newer
    return version


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the rest says where, not what


def _is_damage(error: sqlite3.Error) -> bool:
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _no_writing(file: Path, error: sqlite3.Error) -> str:
    match _code(error):
        case sqlite3.SQLITE_FULL:
            return _full(file)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _(
                "Another program holds {file}, so your progress is in memory only. "
                "It is saved as soon as that program lets go."
            ).format(file=file)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return _unwritable(file)
        case _:
            return _other(file, str(error))


def _no_place(file: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _full(file)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return _unwritable(file)
    return _other(file, reason(error))


def _full(file: Path) -> str:
    return _(
        "The disk is full: {file} cannot grow, so your progress is in memory only. Make some room, and it is saved."
    ).format(file=file)


def _unwritable(file: Path) -> str:
    return _(
        "{file} cannot be written, so your progress is in memory only. "
        "Make it and its folder writable, and it is saved."
    ).format(file=file)


def _other(file: Path, why: str) -> str:
    return _(
        "{file} cannot be used ({reason}), so your progress is in memory only. Mend that, and it is saved."
    ).format(file=file, reason=why)


def _newer(file: Path) -> str:
    return _(
        "{file} was written by a newer tutor and is left alone, so your progress is in memory only. "
        "Update the tutor to go on with it."
    ).format(file=file)


def _damaged(aside: Path) -> str:
    return _("Your record of progress was damaged. It is kept as {file}, and a new one has been begun.").format(
        file=aside
    )
