"""Several packs -> Catalog, however each of them is come by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tutor.catalog.model import Catalog, Pack
from tutor.catalog.problems import PackError, Problem


def gather(folders: Sequence[Path], load: Callable[[Path], Pack]) -> Catalog:
    """The packs in ``folders``, in that order. Those that ``load`` refuses are left out, and ``problems`` says why.

    Where two packs have the same name, the first one stays. A folder given twice counts once.
    """
    packs: dict[str, Pack] = {}
    problems: list[Problem] = []
    for folder in folders:
        try:
            pack = load(folder)
        except PackError as error:
            problems += (problem for problem in error.problems if problem not in problems)
            continue
        first = packs.setdefault(pack.name, pack)
        if first.folder != pack.folder:
            from tutor.catalog.load import taken

            problems.append(taken(pack, first))
    return Catalog(tuple(packs.values()), tuple(problems))
