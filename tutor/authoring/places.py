"""Which pack is meant: a pack's folder, a folder inside one, a distribution that holds one, or none at all."""

from __future__ import annotations

import os
from pathlib import Path

from tutor.catalog import builtin_pack
from tutor.locale import _

_DEPTH = 3
_NOT_LOOKED_INTO = frozenset({"build", "dist", "node_modules", "site-packages", "solutions", "tests", "__pycache__"})


class NoPack(Exception):
    """There is no pack where one was looked for. The text is a whole sentence, with the way out."""


def find_pack(path: Path | None) -> tuple[Path, str]:
    """The folder of the pack that ``path`` means, and which part of it: "", a topic, or ``topic/exercise``.

    ``path`` is the pack itself, a folder inside it, or one that holds exactly one pack (a distribution, a repository).
    Without ``path``: the pack that the current folder is in, or else the built-in one.

    Raises:
        NoPack: there is none, or several.
    """
    if path is None:
        found = _above(Path.cwd())
        return found if found is not None else (builtin_pack(), "")
    if not path.is_dir():
        raise NoPack(_("There is no folder {path}.").format(path=path))
    found = _above(path)
    if found is not None:
        return found
    below = sorted(_below(path, _DEPTH))
    if len(below) == 1:
        return below[0], ""
    if below:
        names = ", ".join(str(folder.relative_to(path)) for folder in below)
        raise NoPack(_("There are several packs in {path}: name one of {names}.").format(path=path, names=names))
    raise NoPack(_("There is no pack in {path}: a pack is a folder with a pack.toml.").format(path=path))


def _above(path: Path) -> tuple[Path, str] | None:
    """The pack that ``path`` is, or is in."""
    path = path.resolve()
    for folder in (path, *path.parents):
        if (folder / "pack.toml").is_file():
            inside = path.relative_to(folder).parts[:2]
            known = [
                part
                for part, manifest in zip(inside, ("topic.toml", "exercise.toml"), strict=False)
                if (folder.joinpath(*inside[: inside.index(part) + 1]) / manifest).is_file()
            ]
            return folder, "/".join(known)
    return None


def _below(path: Path, depth: int) -> list[Path]:
    if (path / "pack.toml").is_file():
        return [path]
    if depth == 0:
        return []
    found = []
    try:
        with os.scandir(path) as entries:
            folders = [e.path for e in entries if e.is_dir(follow_symlinks=False) and not e.name.startswith(".")]
    except OSError:
        return []
    for folder in map(Path, sorted(folders)):
        if folder.name not in _NOT_LOOKED_INTO and not folder.name.endswith(".egg-info"):
            found += _below(folder, depth - 1)
    return found
