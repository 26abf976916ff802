"""The files of a pack as text, and the links among them, without trusting either."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from tutor.catalog.problems import Problem
from tutor.locale import _

LARGEST = 1024 * 1024
"""Bytes that one text file of a pack may have."""

NOT_OURS = frozenset({".git", "__pycache__"})
"""Folders in a pack that are no part of it."""


class Unreadable(Exception):
    """A file of a pack cannot be used as text; ``problem`` says why."""

    def __init__(self, path: Path, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(path, "", line, message)


def read_text(path: Path) -> str:
    """The text of ``path``, with line ends as they are.

    Raises:
        Unreadable: missing, not a regular file (which may never end), larger than ``LARGEST``, or not UTF-8.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe without a writer would block
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable(path, _("this must be a file"))
            data = b"" if status.st_size > LARGEST else os.read(descriptor, status.st_size)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise Unreadable(path, _("this file is missing")) from None
    except OSError as error:
        raise Unreadable(path, _("this file cannot be read: {reason}").format(reason=error.strerror)) from error
    if status.st_size > LARGEST:
        raise Unreadable(path, _("this file is over 1 MiB"))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(path, _("this file is not UTF-8 text"), line) from error


def is_folder(path: Path) -> bool:
    """Whether ``path`` is a folder; False as well where that cannot be known (``Path.is_dir`` may raise then)."""
    try:
        return path.is_dir()
    except OSError:
        return False


def resolved(path: Path) -> Path:
    """``path`` with its links followed; as it is where they lead in a circle, so that reading it says what is wrong."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _not_a_file(entry: os.DirEntry[str]) -> str:
    with contextlib.suppress(OSError):
        if stat.S_ISFIFO(entry.stat(follow_symlinks=False).st_mode):
            return _("this is a named pipe; a pack holds files and folders only")
    return _("this is a socket or a device; a pack holds files and folders only")


class Tree:
    """What lies under some folders of a pack, found in one walk.

    Symbolic links may lead from one place of the pack to another and nowhere else; the walk does not follow them.
    """

    def __init__(self, root: Path) -> None:
        """``root`` must be resolved: links have to stay inside it."""
        self._root = root
        self.manifests: list[Path] = []
        """Every ``topic.toml`` and ``exercise.toml``."""
        self.escaping: set[Path] = set()
        """Links that lead out."""
        self.problems: list[Problem] = []

    def walk(self, folder: Path) -> None:
        """Look at everything under ``folder``, which lies in the root and need not exist."""
        if folder.is_symlink():
            self._check_link(folder)
        elif is_folder(folder):
            waiting = [folder]
            while waiting:
                waiting += self._look_into(waiting.pop())

    def reaches(self, path: Path) -> bool:
        """Whether ``path`` is reached without a link that leads out."""
        return not self.escaping or self.escaping.isdisjoint((path, *path.parents))

    def _look_into(self, folder: Path) -> list[Path]:
        """Takes note of what is right in ``folder``; the folders in it are left to look into."""
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            message = _("this folder cannot be read: {reason}").format(reason=error.strerror)
            self.problems.append(Problem(folder, "", None, message))
            return []
        folders = []
        for entry in found:
            if entry.is_symlink():
                self._check_link(Path(entry.path))
            elif entry.name in {"topic.toml", "exercise.toml"}:
                self.manifests.append(Path(entry.path))
            elif entry.is_dir() and entry.name not in NOT_OURS:
                folders.append(Path(entry.path))
            elif not entry.is_dir() and not entry.is_file():
                self.problems.append(Problem(Path(entry.path), "", None, _not_a_file(entry)))
        return folders

    def _check_link(self, link: Path) -> None:
        if not resolved(link).is_relative_to(self._root):
            self.escaping.add(link)
            self.problems.append(Problem(link, "", None, _("this link leads out of the pack")))
