"""Small helpers of the tests that grade for real."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from tutor import session
from tutor.catalog import Exercise, builtin_pack, load_pack
from tutor.grading import Done, Engine, GradeRequest, Report


def request_for(exercise: Exercise, source: bytes, **changes: object) -> GradeRequest:
    """A request as the session makes it."""
    return msgspec.structs.replace(session.request_for(exercise, source), **changes)


async def report_of(engine: Engine, request: GradeRequest) -> Report:
    """The report of a run that nobody cancels."""
    report = None
    async for event in engine.grade(request):
        if isinstance(event, Done):
            report = event.report
    assert report is not None
    return report


def descendants(pid: int) -> set[int]:
    """Every process below ``pid``, as this machine sees them; those that have ended and wait to be reaped left out."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    found: set[int] = set()
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent == pid or parent in found} - found
        found |= more
        grown = bool(more)
    return found


def squared_error(folder: Path) -> Exercise:
    """The built-in pack's first exercise, in a pack of its own under ``folder``."""
    pack = builtin_pack()
    inside = Path("custom_loss") / "squared_error"
    shutil.copytree(pack / inside, folder / "exercises" / inside)
    shutil.copytree(pack.parent / "solutions" / inside, folder / "solutions" / inside)
    for manifest, key, only in (
        ("pack.toml", "topics", inside.parent.name),
        ("custom_loss/topic.toml", "exercises", inside.name),
    ):
        rows = (pack / manifest).read_text(encoding="utf-8").splitlines()
        rows = [f'{key} = ["{only}"]' if row.startswith(f"{key} = ") else row for row in rows]
        (folder / "exercises" / manifest).write_text("\n".join(rows) + "\n", encoding="utf-8")
    (exercise,) = load_pack(folder / "exercises").exercises
    return exercise
