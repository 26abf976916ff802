"""Kills and rain: what the engine does when its processes are killed at any moment, and under a save every 20 ms.

Rerun with ``python benchmarks/stress.py``; 1,000 kills take an hour or so. It is not part of CI.

In each round one process of the engine (server, judge or box) gets SIGKILL at a random moment of a grading. Then these
must hold, and every breach is printed with its round and seed: the check ends in time, with a verdict or with
``EngineDied``; nothing passes that cannot; the next check of the right answer passes; the progress in the workspace is
whole and has every graded attempt; no process of an engine that died is left. The end shows how the rounds ended.
Linux only: processes are told apart in /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tutor.catalog import Exercise, builtin_pack, load_catalog
from tutor.grading import Cancelled, Decided, Done, Engine, EngineDied
from tutor.session import Outcome, Session, request_for
from tutor.workspace import Workspace

NAME = "custom_loss/squared_error"
EVERY = 0.02
LATEST = 0.5
"""A kill comes within so many seconds of the start of a check."""
PATIENCE = 120.0
ROLES = {"server": 1, "judge": 3, "box": 6}
"""How often each is the victim. A server costs seconds to start anew."""
PAGE = os.sysconf("SC_PAGE_SIZE")
ENDLESS = b"""
from torch import nn
class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        while True:
            pass
"""


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    state: str
    begun: int
    resident: int
    depth: int
    """PID namespaces that it is in."""


def processes() -> Iterator[Process]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                inside = next(row for row in (entry / "status").read_text().splitlines() if row.startswith("NSpid"))
                resident = int(fields[21]) * PAGE
                yield Process(
                    int(entry.name), int(fields[1]), fields[0], int(fields[19]), resident, len(inside.split()) - 1
                )


def below(pid: int) -> list[list[Process]]:
    """The processes below ``pid``, level by level."""
    everything = list(processes())
    levels: list[list[Process]] = []
    last = {pid}
    while last:
        level = [process for process in everything if process.parent in last]
        if level:
            levels.append(level)
        last = {process.pid for process in level}
    return levels


def candidates(engine: Engine, role: str) -> list[int]:
    """Processes of the engine that play ``role`` now: launcher, router and servers come first, their children below.

    A box is in one PID namespace more than the judge beside it. Where one of them runs, those that wait are spared.
    """
    if engine.pid is None:
        return []
    levels = [[process for process in level if process.state != "Z"] for level in below(engine.pid)]
    if role == "server":
        return [engine.pid, *(process.pid for level in levels[:2] for process in level)]
    depth = min((process.depth for level in levels for process in level), default=0)
    there = [p for level in levels[2:3] for p in level if (p.depth > depth) == (role == "box")]
    return [p.pid for p in there if p.state == "R"] or [p.pid for p in there]


class Stress:
    """One learner whose engine is not left in peace."""

    def __init__(self, engine: Engine, session: Session, exercise: Exercise, random_: random.Random) -> None:
        self._engine, self._session, self._exercise, self._random = engine, session, exercise, random_
        self._right = exercise.solutions[0].read_bytes()
        self._wrong = exercise.mistakes[0].read_bytes()
        self._attempts = 0
        self.breaches: list[str] = []
        self.endings: Counter[str] = Counter()

    async def check(self, source: bytes) -> str:
        """How a check ended, in a word or two."""
        outcome, decided = None, set()
        try:
            async with asyncio.timeout(PATIENCE):
                async with contextlib.aclosing(self._session.check(self._exercise, source, "cpu")) as events:
                    async for event in events:
                        outcome = event if isinstance(event, Outcome) else outcome
                        if isinstance(event, Decided) and event.result.fault is not None:
                            decided.add(event.result.fault.kind)
        except EngineDied:
            return "died"
        except TimeoutError:
            return "hung"
        self._attempts += outcome is not None
        if outcome is None:
            return " ".join(["given up", *sorted(decided)])
        report = outcome.report
        faults = sorted({row.fault.kind for row in report.requirements if row.fault is not None})
        if report.fault is not None:
            faults.append(f"run: {report.fault.kind}")
        return " ".join([report.verdict, *faults])

    async def round(self, number: int) -> None:
        role = self._random.choices(list(ROLES), list(ROLES.values()))[0]
        name, source = self._random.choice([("right", self._right), ("wrong", self._wrong), ("endless", ENDLESS)])
        moment = self._random.uniform(0, LATEST)
        family = self._family()
        check = asyncio.create_task(self.check(source))
        await asyncio.wait({check}, timeout=moment)
        victims = candidates(self._engine, role)
        if not victims:
            role = "nobody"
        else:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._random.choice(victims), signal.SIGKILL)
        if name == "endless" and role != "server":
            await asyncio.wait({check}, timeout=1.0)
            await self._session.cancel()
        ending = await check
        self.endings[f"{role} killed, {name} answer: {ending}"] += 1
        where = f"round {number}, {role} killed {moment:.3f} s into a {name} answer"
        if ending == "hung" or (name != "right" and ending.startswith("passed")):
            self.breaches.append(f"{where}: it ended as {ending}")
        following = await self.check(self._right)
        if following == "died":  # killed in the last moment of the run before, and noticed only now
            self.endings["noticed by the next check"] += 1
            following = await self.check(self._right)
        if following != "passed":
            self.breaches.append(f"{where}: then the right answer ended as {following}")
        self._look_at_progress(where)
        if family and family[0][0] != self._engine.pid:
            await self._look_for_left(where, family)

    def _family(self) -> list[tuple[int, int]]:
        """The engine's processes, each with its time of start, the first one first."""
        if self._engine.pid is None:
            return []
        found = {process.pid: process.begun for process in processes()}
        return [
            (self._engine.pid, found[self._engine.pid]),
            *((p.pid, p.begun) for level in below(self._engine.pid) for p in level),
        ]

    def _look_at_progress(self, where: str) -> None:
        (database,) = (self._session.workspace.folder / ".tutor").glob("*.db")
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            ((said,),) = connection.execute("PRAGMA integrity_check").fetchall()
        count = len(self._session.workspace.attempts(self._exercise.key))
        if said != "ok" or count != self._attempts or self._session.workspace.problem:
            self.breaches.append(f"{where}: progress is {said!r}, {count} attempts of {self._attempts}")

    async def _look_for_left(self, where: str, family: list[tuple[int, int]]) -> None:
        """Whether an engine that died took all its processes along."""
        until = time.monotonic() + PATIENCE
        while True:
            alive = {(process.pid, process.begun) for process in processes() if process.state != "Z"}
            left = alive.intersection(family)
            if not left:
                return
            if time.monotonic() > until:
                self.breaches.append(f"{where}: of the engine that died are left {sorted(left)}")
                return
            await asyncio.sleep(0.05)


async def rain(engine: Engine, exercise: Exercise, seconds: float) -> tuple[dict[str, object], list[str]]:
    """Save every 20 ms: figures, and what was wrong."""
    right = request_for(exercise, exercise.solutions[0].read_bytes())
    drops = [request_for(exercise, source) for source in (ENDLESS, b"def (\n", exercise.mistakes[0].read_bytes())]

    async def last_event(request: object) -> object:
        return [event async for event in engine.grade(request)][-1]  # type: ignore[arg-type]

    def memory() -> dict[int, int]:
        """Bytes of router and servers: judges and boxes come and go."""
        return {process.pid: process.resident for level in below(engine.pid or 0)[:2] for process in level}

    await last_event(right)
    before, saves, loop = memory(), [], asyncio.get_running_loop()
    began = loop.time()
    for number in range(int(seconds / EVERY)):
        saves.append(asyncio.create_task(last_event(drops[number % len(drops)])))
        await asyncio.sleep(max(0.0, began + EVERY * (number + 1) - loop.time()))
    saves.append(asyncio.create_task(last_event(right)))
    *ends, last = await asyncio.gather(*saves)
    wrong = []
    if not (isinstance(last, Done) and last.report.passed):
        wrong.append(f"the last save ended as {last}")
    await last_event(right)
    until = time.monotonic() + PATIENCE
    while any(process.state == "Z" for level in below(engine.pid or 0) for process in level):
        if time.monotonic() > until:
            wrong.append("zombies remain")
            break
        await asyncio.sleep(0.05)
    after = memory()
    grown = sum(after[pid] - before[pid] for pid in before.keys() & after.keys())
    if before.keys() - after.keys():
        wrong.append("a server has ended")
    figures = {
        "saves": len(saves),
        "given up": sum(isinstance(end, Cancelled) for end in ends),
        "megabytes before": sum(before.values()) >> 20,
        "megabytes grown": round(grown / 2**20, 1),
    }
    return figures, wrong


async def run(kills: int, seconds: float, seed: int, folder: Path) -> tuple[dict[str, object], list[str]]:
    catalog = load_catalog([builtin_pack()])
    exercise = catalog.find(NAME)
    workspace = Workspace.open(folder / "work")
    found: dict[str, object] = {"seed": seed}
    async with Engine(hidden=[builtin_pack(), builtin_pack().parent / "solutions"]) as engine:
        await engine.ready()
        session = Session(catalog, workspace, engine)
        found["rain"], breaches = await rain(engine, exercise, seconds)
        stress = Stress(engine, session, exercise, random.Random(seed))
        await stress.check(exercise.mistakes[0].read_bytes())  # the known mistakes are graded once
        for number in range(kills):
            await stress.round(number)
            for breach in stress.breaches:
                print(f"BREACH (seed {seed}): {breach}", file=sys.stderr, flush=True)
                breaches.append(breach)
            stress.breaches.clear()
            if (number + 1) % 25 == 0:
                print(f"{number + 1} kills", file=sys.stderr, flush=True)
        found["kills"] = dict(sorted(stress.endings.items()))
        family = stress._family()
    alive = {(process.pid, process.begun) for process in processes() if process.state != "Z"}
    if left := alive.intersection(family):
        breaches.append(f"after the end are left {sorted(left)}")
    return found, breaches


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000, help="processes to kill (default 1000)")
    parser.add_argument("--seconds", type=float, default=10, help="seconds of rain (default 10)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the victims and moments (default 0)")
    parser.add_argument("--json", action="store_true", help="print one object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tutor-stress-") as name:
        os.environ["XDG_CACHE_HOME"] = name
        found, breaches = asyncio.run(run(arguments.kills, arguments.seconds, arguments.seed, Path(name)))
    found["breaches"] = breaches
    if arguments.json:
        print(json.dumps(found))
    else:
        for what, figures in found.items():
            print(what if isinstance(figures, dict | list) else f"{what}: {figures}")
            for row in figures.items() if isinstance(figures, dict) else figures if isinstance(figures, list) else ():
                print("   ", row if isinstance(row, str) else f"{row[0]}: {row[1]}")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
