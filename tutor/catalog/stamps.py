"""Whether a pack is the one it was, told from what the file system says about its files, without reading any."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from tutor.catalog.files import NOT_OURS, is_folder

MANIFESTS = frozenset({"pack.toml", "topic.toml"})
"""Those that say what exercises there are. What the manifests of exercises say, the digest covers."""

Stamp = tuple[int, int, int]
"""Size, time of modification, time of change. The last one tells of a file whose time of modification was put back."""


class Stamps(NamedTuple):
    """What the file system says about a pack."""

    digest: bytes
    """Of all its files and folders: their places in it and their stamps."""
    manifests: tuple[tuple[str, Stamp], ...]
    """Those of ``MANIFESTS``, each by its place in it."""
    newest: int
    """When the last of its files was changed, in nanoseconds as ``time.time_ns`` has them."""


def stamp(status: os.stat_result) -> Stamp:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def stamps(root: Path) -> Stamps | None:
    """The stamps of the pack in ``root``, which is resolved; None where not all of it can be looked at.

    It covers whatever the loader looks at, and where that is cheaper, a little more.
    """
    places = [""]
    beside = root.parent / "solutions"
    walk = _Walk()
    try:
        walk.tree(str(root), "")
        if not is_folder(root / "solutions") and is_folder(beside):
            # Beside the pack only folders of its topics count, and a topic has a folder in the pack.
            places = sorted(entry.name for entry in os.scandir(root) if entry.is_dir())
            for name in places:
                walk.tree(str(beside / name), f"../solutions/{name}")
    except OSError:
        return None
    return Stamps(walk.digest.digest(), tuple(walk.manifests), walk.newest)


class _Walk:
    """Takes down the stamps of trees, file by file, in an order that only depends on their names."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.manifests: list[tuple[str, Stamp]] = []
        self.newest = 0

    def tree(self, folder: str, place: str) -> None:
        """Everything in ``folder``, which need not exist; ``place`` is where it counts as being."""
        waiting = [(folder, place)]
        while waiting:
            folder, place = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    found = sorted(entries, key=lambda entry: entry.name)
            except FileNotFoundError:
                continue
            self._note(f"{place}/\0")
            for entry in found:
                if entry.name in NOT_OURS:
                    continue
                here = f"{place}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, here))
                elif entry.is_symlink():
                    self._link(entry, here)
                else:
                    self._file(entry, here)

    def _file(self, entry: os.DirEntry[str], place: str) -> None:
        found = stamp(entry.stat(follow_symlinks=False))
        self.newest = max(self.newest, *found[1:])
        self._note(f"{place}\0{found}\0")
        if entry.name in MANIFESTS:
            self.manifests.append((place[1:], found))

    def _link(self, entry: os.DirEntry[str], place: str) -> None:
        """A link counts as what it says and as what it leads to; inside the pack that counts by itself as well."""
        try:
            status = entry.stat()
        except OSError:
            found = None
        else:
            found = stamp(status)
            self.newest = max(self.newest, *found[1:])
        self._note(f"{place}\0{Path(entry.path).readlink()}\0{found}\0")
        if entry.name in MANIFESTS and found is not None:
            self.manifests.append((place[1:], found))

    def _note(self, text: str) -> None:
        self.digest.update(text.encode("utf-8", "surrogateescape"))
