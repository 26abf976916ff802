"""Files that are somebody's work: read without blocking, made without overwriting, moved aside without losing.

Nothing here knows what an exercise is. A new file is first written in full under a hidden name beside its place, and
only then given its name, so that no editor, and no second tutor, ever sees half of it.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tutor.locale import _
from tutor.workspace.errors import WorkspaceError

MOST_BYTES = 1024 * 1024
"""The largest submission, in bytes."""


def read_submission(path: Path) -> bytes:
    """The bytes of the regular file ``path``, or of the one it links to. Never blocks, whatever ``path`` is.

    Raises:
        WorkspaceError: it is gone, cannot be read, is no regular file, links to nothing, or is over ``MOST_BYTES``.
    """
    try:
        # O_NONBLOCK: opening a FIFO would wait for a writer, for ever; the kind is known once it is open.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise WorkspaceError(_why_not_opened(path, error)) from error
    try:
        require_regular(path, os.fstat(descriptor))
        content = bytearray()
        while len(content) <= MOST_BYTES and (part := os.read(descriptor, MOST_BYTES + 1 - len(content))):
            content += part
    except OSError as error:
        raise WorkspaceError(_unreadable(path, error)) from error
    finally:
        os.close(descriptor)
    if len(content) > MOST_BYTES:
        raise WorkspaceError(_too_large(path))
    return bytes(content)


def require_regular(path: Path, status: os.stat_result) -> None:
    """Make sure that ``status``, found at ``path``, is that of a regular file.

    Raises:
        WorkspaceError: it is a directory, a pipe, a device, a socket.
    """
    if stat.S_ISDIR(status.st_mode):
        raise WorkspaceError(_a_directory(path))
    if not stat.S_ISREG(status.st_mode):
        raise WorkspaceError(_not_a_file(path))


def find_regular(path: Path) -> Path | None:
    """Where the regular file ``path`` really is, links followed; ``None`` where there is nothing at all.

    Raises:
        WorkspaceError: something else is there, such as a directory or a link to nothing.
    """
    try:
        require_regular(path, path.stat())
        return path.resolve(strict=True)
    except FileNotFoundError as error:
        if path.is_symlink():
            raise WorkspaceError(_why_not_opened(path, error)) from error
        return None
    except OSError as error:
        raise WorkspaceError(_why_not_opened(path, error)) from error


def write_beside(path: Path, content: bytes) -> Path:
    """Write ``content`` in full, down to the disk, to a hidden file beside ``path``; the caller gives it its name.

    Raises:
        OSError: no room, no right, no such folder; nothing is left behind.
    """
    hidden = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
    # Not tempfile: its files are for their owner alone, while the learner's umask decides about the learner's files.
    descriptor = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        discard(hidden)
        raise
    return hidden


def name_new(hidden: Path, path: Path) -> bool:
    """Give ``hidden`` the name ``path`` if that is free, in one step. ``hidden`` is gone afterwards, either way.

    Returns:
        Whether the name was free; if not, what has it is untouched.

    Raises:
        OSError: the folder cannot be written.
    """
    try:
        os.link(hidden, path)
    except FileExistsError:
        return False
    except OSError:
        # No hard links here (exFAT, some network shares). The name is claimed with an empty file, then filled in one
        # step: for that instant a reader may see an empty file, but never half of one.
        try:
            os.close(_claim(path))
        except FileExistsError:
            return False
        try:
            hidden.replace(path)
        except OSError:
            discard(path)
            raise
    finally:
        discard(hidden)
    return True


def move_aside(path: Path, folder: Path, stem: str, suffix: str) -> Path:
    """Move the file ``path`` to ``folder/<stem>-YYYYmmdd-HHMMSS[-n]<suffix>`` (local time), a name not used before.

    Raises:
        OSError: it cannot be moved, and is where it was (``FileNotFoundError``: somebody else has moved it).
    """
    for place in _dated(folder, stem, suffix):
        try:
            os.close(_claim(place))
        except FileExistsError:
            continue
        break
    try:
        try:
            path.replace(place)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy(path, place)
            path.unlink()
    except BaseException:
        discard(place)
        raise
    return place


def keep(content: bytes, folder: Path, stem: str, suffix: str) -> Path:
    """Write ``content`` to a new file ``folder/<stem>-YYYYmmdd-HHMMSS[-n]<suffix>``; makes ``folder`` where need be.

    Raises:
        OSError: no room, no right.
    """
    folder.mkdir(parents=True, exist_ok=True)
    hidden = write_beside(folder / f"{stem}{suffix}", content)
    try:
        for place in _dated(folder, stem, suffix):
            try:
                os.close(_claim(place))
            except FileExistsError:
                continue
            hidden.replace(place)
            return place
    finally:
        discard(hidden)
    raise AssertionError("there is always another name")


def replace(real: Path, hidden: Path) -> None:
    """Put ``hidden`` in the place of the regular file ``real``, in one step, with its permissions.

    Raises:
        OSError: it may not be written; it is as it was, and ``hidden`` is gone.
    """
    try:
        status = real.stat()
        if not os.access(real, os.W_OK):  # a folder's permissions alone would let it be replaced
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(real))
        own = hidden.stat()
        if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
            with contextlib.suppress(OSError):  # only root may give files away
                os.chown(hidden, status.st_uid, status.st_gid)
        hidden.chmod(stat.S_IMODE(status.st_mode))
        hidden.replace(real)
    finally:
        discard(hidden)


def discard(path: Path) -> None:
    """Remove a file of our own if it is there and can be."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def reason(error: OSError) -> str:
    """What the system says, without number and file name."""
    return error.strerror or str(error)


def _claim(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)


def _copy(path: Path, place: Path) -> None:
    shutil.copy2(path, place)
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)  # the original is removed next
    finally:
        os.close(descriptor)


def _dated(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    stamp = _now().strftime("%Y%m%d-%H%M%S")
    yield folder / f"{stem}-{stamp}{suffix}"
    for count in itertools.count(2):
        yield folder / f"{stem}-{stamp}-{count}{suffix}"


def _now() -> datetime:
    return datetime.now().astimezone()


def _why_not_opened(path: Path, error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ELOOP) and path.is_symlink():
        return _("{file} is a link that leads nowhere. Bring back what it led to, or remove the link.").format(
            file=path
        )
    if error.errno == errno.ENOENT:
        return _("{file} is gone. Put it back, or open the exercise again to begin with a new one.").format(file=path)
    if error.errno == errno.ENXIO:  # what opening a socket says
        return _not_a_file(path)
    return _unreadable(path, error)


def _unreadable(path: Path, error: OSError) -> str:
    return _("{file} cannot be read ({reason}). Mend that, or move the file away and begin with a new one.").format(
        file=path, reason=reason(error)
    )


def _a_directory(path: Path) -> str:
    return _("{file} is a folder, where your file should be. Move it away, then open the exercise again.").format(
        file=path
    )


def _not_a_file(path: Path) -> str:
    return _(
        "{file} is a pipe or a device, where your file should be. Move it away, then open the exercise again."
    ).format(file=path)


def _too_large(path: Path) -> str:
    return _(
        "{file} is larger than {limit} MiB, too large to be graded. Take out what is not code, or reset the exercise."
    ).format(file=path, limit=MOST_BYTES // 1024**2)
