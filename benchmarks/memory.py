"""Memory of the whole engine during a run against one process that has imported the same, in turns, in one run.

Rerun with ``python benchmarks/memory.py`` (Linux). What is counted is the proportional share of each process's memory
(PSS of ``/proc/PID/smaps_rollup``): pages that forked processes share are counted once. The engine hides the memory of
its processes from others of the same user, so this needs root, or the capability to look nevertheless.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from table import Row, parser, row, show

from tutor.catalog import builtin_pack, load_pack
from tutor.grading import Decided, Engine, GradeRequest
from tutor.session import request_for

ONE_PROCESS = """
import sys
from tutor.grading import launch
launch.import_torch()
launch.import_needs(tuple(sys.argv[1:]))
print("imported", flush=True)
sys.stdin.read()
"""


def share(pid: int) -> float:
    """Proportional share of memory of a process in MiB; 0 where it has just ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    except PermissionError:
        raise SystemExit("the engine's processes hide their memory from you: run this as root") from None
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def family(pid: int) -> set[int]:
    """``pid`` and every process below it."""
    found, level = {pid}, {pid}
    while level:
        below: set[int] = set()
        for one in level:
            for thread in Path(f"/proc/{one}/task").glob("*/children"):
                try:
                    below |= set(map(int, thread.read_text().split()))
                except OSError:
                    continue
        level = below - found
        found |= level
    return found


async def engine_at_most(request: GradeRequest) -> float:
    """MiB of all processes of a warm engine, the largest seen in a run."""
    pack = builtin_pack()
    most = 0.0
    async with Engine(hidden=[pack, pack.parent / "solutions"], needs=request.needs) as engine:
        for _ in range(2):
            async for event in engine.grade(request):
                if isinstance(event, Decided) and engine.pid is not None:
                    most = max(most, sum(map(share, family(engine.pid))))
    return most


def one_process(needs: tuple[str, ...]) -> float:
    """MiB of a process that has imported what the engine has."""
    command = [sys.executable, "-c", ONE_PROCESS, *needs]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        held = share(process.pid)
        process.kill()
    return held


def main() -> None:
    arguments = parser(__doc__.splitlines()[0]).parse_args()
    exercise = next(e for e in load_pack(builtin_pack()).exercises if e.id == "custom_loss/squared_error")
    request = request_for(exercise, exercise.solutions[0].read_bytes())
    ours, other = [], []
    for _ in range(min(arguments.rounds, 3)):
        ours.append(asyncio.run(engine_at_most(request)))
        other.append(one_process(request.needs))
    rows: list[Row] = [row("memory during a run", ours, other, "MiB")]
    show(rows, arguments.json, "whole engine", "one process")


if __name__ == "__main__":
    main()
