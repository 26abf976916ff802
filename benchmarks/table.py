"""How every benchmark prints: a table for people, with ``--json`` a list for programs."""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One comparison; medians, in ``unit``. ``ratio`` is other/ours: how many times less ours takes."""

    name: str
    ours: float
    other: float
    ratio: float
    unit: str


def row(name: str, ours: Sequence[float], other: Sequence[float], unit: str = "s") -> Row:
    """The comparison of two series that were measured in turns, in one run."""
    mine, theirs = statistics.median(ours), statistics.median(other)
    return Row(name, round(mine, 4), round(theirs, 4), round(theirs / mine, 3), unit)


def parser(description: str) -> argparse.ArgumentParser:
    """Arguments that every benchmark has."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--json", action="store_true", help="print a list of objects instead of a table")
    made.add_argument("--rounds", type=int, default=5, help="measurements of each side (default 5)")
    return made


def show(rows: Sequence[Row], as_json: bool, ours: str, other: str) -> None:
    """Print ``rows``; ``ours`` and ``other`` say what the two columns are."""
    if as_json:
        print(json.dumps([asdict(one) for one in rows]))
        return
    width = max(len(one.name) for one in rows)
    print(f"{'':{width}}  {ours:>22}  {other:>22}  {'other/ours':>10}")
    for one in rows:
        mine, theirs = f"{one.ours:.3f} {one.unit}", f"{one.other:.3f} {one.unit}"
        print(f"{one.name:{width}}  {mine:>22}  {theirs:>22}  {one.ratio:>10.2f}")
