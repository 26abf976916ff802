"""Packs that were found sound on an earlier start, and have not changed since, are not read and checked again.

Reading a pack with all its checks takes a few milliseconds an exercise. What comes of it is kept in the user's folder
for caches, one file a pack, together with the stamps of all its files (see ``stamps``), of this loader's own and with
the version of Python, whose grammar the checks go by. Where any of these is not what it was, the pack is read.

A cache never fails a start: one that cannot be read is none, and one that cannot be written is not written.
"""

from __future__ import annotations

import os
import sys
import time
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

import tutor
from tutor.catalog.files import resolved
from tutor.catalog.gather import gather
from tutor.catalog.model import Catalog, Pack

SETTLED = 2.0
"""Seconds for which a pack must have been left alone before it is kept: within one tick of a file system's clock, a
file can be changed again and look the same."""


class _Known(msgspec.Struct, frozen=True, array_like=True):
    """One file of the cache."""

    loader: str
    root: Path
    digest: bytes
    manifests: tuple[tuple[str, tuple[int, int, int]], ...]
    pack: Pack


class _Unknown(LookupError):
    """A pack is not in the cache, or it has changed."""


def open_catalog(folders: Sequence[Path]) -> Catalog:
    """What ``load.load_catalog`` returns for ``folders``, in less time where packs are known and have not changed."""
    return gather(folders, _open)


def first_look(folders: Sequence[Path]) -> Catalog | None:
    """What the cache holds of the packs in ``folders``; None unless all are known, with the same tracks and topics.

    Which exercises there are is said by the manifests of packs and topics, so every line of a list is true but for the
    title of an exercise that was changed just now. That, and whether the files beside them are sound, ``open_catalog``
    tells: a large pack has tens of thousands of files, thousands of them manifests of exercises, and nobody should look
    at an empty screen until each has been asked.
    """
    try:
        catalog = gather(folders, _look)
    except _Unknown:
        return None
    return None if catalog.problems else catalog


def _open(folder: Path) -> Pack:
    from tutor.catalog.stamps import stamps

    root = resolved(folder)
    known = _read(root)
    # Before it is read: what changes meanwhile is then seen the next time.
    found = stamps(root)
    if known is not None and found is not None and known.digest == found.digest:
        return known.pack
    from tutor.catalog.load import load_pack

    pack = load_pack(folder)
    if found is not None and found.newest < time.time_ns() - SETTLED * 1e9:
        _write(_Known(_loader(), root, found.digest, found.manifests, pack))
    return pack


def _look(folder: Path) -> Pack:
    root = resolved(folder)
    known = _read(root)
    if known is None:
        raise _Unknown
    top = f"{root}/"
    for place, stamp in known.manifests:
        try:
            status = os.stat(top + place)  # noqa: PTH116 (for thousands of files, a Path each is half of the time)
        except OSError as error:
            raise _Unknown from error
        if (status.st_size, status.st_mtime_ns, status.st_ctime_ns) != stamp:
            raise _Unknown
    return known.pack


@lru_cache
def _loader() -> str:
    """What decides how a pack is read and judged besides the pack. Each file counts, for whoever develops the tutor."""
    parts: list[object] = [tutor.__version__, sys.version_info[:3]]
    try:
        for entry in sorted(os.scandir(Path(__file__).parent), key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                status = entry.stat()
                parts.append((entry.name, status.st_size, status.st_mtime_ns))
    except OSError:
        pass  # run from an archive, say: there nobody changes them
    return repr(parts)


def _file(root: Path) -> Path:
    import platformdirs

    name = f"{root.name}-{zlib.crc32(os.fsencode(root)):08x}.pack"
    return platformdirs.user_cache_path("torch-tutor") / "packs" / name


def _read(root: Path) -> _Known | None:
    try:
        known = msgspec.msgpack.decode(_file(root).read_bytes(), type=_Known, dec_hook=_decode)
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return None
    return known if known.root == root and known.loader == _loader() else None


def _write(known: _Known) -> None:
    try:
        content = msgspec.msgpack.encode(known, enc_hook=_encode)
        file = _file(known.root)
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            draft.write_bytes(content)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    except (OSError, ValueError):  # ValueError: a folder whose name is no UTF-8
        pass


def _encode(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError


def _decode(kind: type, value: Any) -> Path:
    if kind is Path and isinstance(value, str):
        return _path(value)
    raise NotImplementedError


@lru_cache
def _path(text: str) -> Path:
    return Path(text)  # every exercise has those of its pack
