"""From Enter to exit status: ``tutor check`` with the server that stays, against what it spares, in turns, in one run.

Rerun with ``python benchmarks/check.py``. Each time is that of a whole process. Ours is the second ``tutor check`` and
those after it, with a pause of a second between two, as when somebody edits; the others are a cold ``python -m pytest``
on the same grader and ``tutor check --no-server``. The exercise is ``custom_loss/squared_error``, answered with its
reference and with a known mistake; every process must end with the right status, or the benchmark stops. Workspace,
caches and server are of the benchmark's own, and removed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from table import Row, parser, row, show

from tutor.catalog import builtin_pack, load_pack

NAME = "custom_loss/squared_error"
TUTOR = (sys.executable, "-m", "tutor")
PAUSE = 1.0


def timed(command: Sequence[str], expected: int, environment: Mapping[str, str]) -> float:
    """Seconds of a process that must end with the status ``expected``."""
    started = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=dict(environment))
    seconds = time.perf_counter() - started
    if done.returncode != expected:
        raise SystemExit(f"{' '.join(command)} ended with status {done.returncode}\n{done.stdout}{done.stderr}")
    return seconds


def server(environment: Mapping[str, str]) -> str:
    """Which server is there: what ``tutor server status`` says of it, up to when it started."""
    said = subprocess.run(
        (*TUTOR, "server", "status"), check=True, capture_output=True, text=True, env=dict(environment)
    )
    return said.stdout.partition(", last used")[0]


def own_environment(home: Path) -> dict[str, str]:
    """Nothing of the person who measures is read or changed, and bytecode is kept as in any installation."""
    places = {
        "TUTOR_WORKSPACE": "work",
        "TUTOR_CONFIG": "config",
        "TUTOR_DATA": "data",
        "XDG_CACHE_HOME": "cache",
        "XDG_CONFIG_HOME": "config",
        "XDG_RUNTIME_DIR": "",
    }
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "TUTOR_SPAWN")}
    return kept | {name: str(home / place) for name, place in places.items()} | {"TUTOR_IDLE_MINUTES": "10"}


def measure(rounds: int, home: Path) -> list[Row]:
    exercise = next(e for e in load_pack(builtin_pack()).exercises if e.id == NAME)
    environment = own_environment(home)
    file = home / "work" / exercise.place
    file.parent.mkdir(parents=True)
    check = (*TUTOR, "check", NAME)
    rows = []
    try:
        for what, answer, status in (("right", exercise.solutions[0], 0), ("wrong", exercise.mistakes[0], 1)):
            file.write_bytes(answer.read_bytes())
            plugin = ("-p", "tutor.testing.plugin", "-p", "no:cacheprovider", "--submission", str(answer))
            pytest = (sys.executable, "-m", "pytest", "-q", *plugin, str(exercise.grader))
            timed(check, status, environment)  # the first: it starts the server, and grades the known mistakes
            first = server(environment)
            ours, cold, alone = [], [], []
            for _ in range(rounds):
                time.sleep(PAUSE)
                ours.append(timed(check, status, environment))
                cold.append(timed(pytest, status, environment))
                alone.append(timed((*check, "--no-server"), status, environment))
            if server(environment) != first:
                raise SystemExit("another server was started meanwhile: the tutor's files changed; run it again")
            rows.append(row(f"{what} answer, cold pytest", ours, cold))
            rows.append(row(f"{what} answer, --no-server", ours, alone))
    finally:
        subprocess.run((*TUTOR, "server", "stop"), check=False, capture_output=True, env=environment)
    return rows


def main() -> None:
    arguments = parser(__doc__.splitlines()[0]).parse_args()
    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as name:
        rows = measure(arguments.rounds, Path(name))
    show(rows, arguments.json, "second tutor check", "other")


if __name__ == "__main__":
    main()
