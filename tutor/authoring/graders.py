"""Grading many submissions: several engines side by side, and a memory of what has been graded before."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from tutor.authoring.memo import Kept, Memo
from tutor.catalog import Exercise
from tutor.grading import Decided, Done, Engine, EngineDied, GradeRequest, Report
from tutor.locale import current
from tutor.session import Device, request_for

MEMORY_FOR_ONE = 1 << 30
"""Bytes of free memory that an engine and the submission it grades should find."""
STARTING_SECONDS = 6.0
"""What another engine costs: none is started for less work than that."""
MUTANTS_PATIENCE = 3.0
"""How many times longer than a learner's answer a mutant may take: a busy machine must not pass for a killed mutant."""


class Graders:
    """Engines that grade what they are asked for, each one thing at a time. Use it as a context manager.

    They are started when they are needed: a check that finds everything in its memory starts none.
    """

    def __init__(
        self,
        hidden: Sequence[Path],
        needs: Sequence[str],
        device: Device,
        jobs: int | None = None,
        running: Sequence[Engine] = (),
    ) -> None:
        """Args:
        hidden: folders that no submission may read: packs and solutions.
        needs: libraries that the engines import at their start.
        device: where to grade. On a GPU one engine grades at a time: two would share it.
        jobs: how many engines at most; as many as cores and memory allow, if left out.
        running: engines that are there already, and stay when this ends.
        """
        self.device = device
        self._hidden = tuple(hidden)
        self._needs = tuple(needs)
        self._most = max(jobs or default_jobs(), len(running))
        self._allowed = self._most if device == "cpu" else 1
        self._lent = tuple(running)
        self._engines = list(running)
        self._idle = list(running)
        self._changed = asyncio.Condition()
        self._waiting = 0
        self._runs = 0
        self._seconds = 0.0
        self.on_start: Callable[[], None] = lambda: None
        """Called when the first engine is started."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(engine.close() for engine in self._engines if engine not in self._lent))

    async def grade(self, request: GradeRequest, *, whole: bool = True) -> tuple[Report | None, str]:
        """The report on a submission, and "".

        Unless ``whole``, the run is given up as soon as it cannot pass any more: then there is no report, and the name
        of what failed instead.

        Raises:
            EngineDied: twice in a row.
        """
        async with self._engine() as engine:
            await engine.ready()
            began = time.monotonic()
            try:
                report, failed = await _grade(engine, request, whole)
            except EngineDied:
                report, failed = await _grade(engine, request, whole)
            self._runs += 1
            self._seconds += time.monotonic() - began
        if report is not None and self._allowed < self._most and report.device == "cpu":
            async with self._changed:
                self._allowed = self._most
                self._changed.notify_all()
        return report, failed

    @contextlib.asynccontextmanager
    async def _engine(self) -> AsyncIterator[Engine]:
        async with self._changed:
            self._waiting += 1
            try:
                await self._changed.wait_for(lambda: bool(self._idle) or self._another_pays())
            finally:
                self._waiting -= 1
            if self._idle:
                engine = self._idle.pop()
            else:
                if not self._engines:
                    self.on_start()
                engine = Engine(hidden=self._hidden, needs=self._needs)
                self._engines.append(engine)
        try:
            yield engine
        finally:
            async with self._changed:
                self._idle.append(engine)
                self._changed.notify(2)  # one for this engine, one to see whether another pays

    def _another_pays(self) -> bool:
        """Whether what waits would keep the engines busy for longer than another one takes to start."""
        if not self._engines:
            return True
        if len(self._engines) >= self._allowed or not self._runs:
            return False
        return self._waiting * self._seconds / self._runs / len(self._engines) > STARTING_SECONDS


async def _grade(engine: Engine, request: GradeRequest, whole: bool) -> tuple[Report | None, str]:
    async with contextlib.aclosing(engine.grade(request)) as events:
        async for event in events:
            if isinstance(event, Done):
                return event.report, ""
            if not whole and isinstance(event, Decided) and event.result.verdict != "passed":
                fault = event.result.fault
                return None, f"{event.result.id}: {fault.kind if fault is not None else event.result.verdict}"
    raise EngineDied


class ExerciseGrader:
    """Grades submissions to one exercise, or remembers how they were graded."""

    def __init__(self, graders: Graders, exercise: Exercise, memo: Memo, on_run: Callable[[], None]) -> None:
        """``on_run`` is called after each run, remembered ones too, and no more when it is asked for again."""
        self.exercise = exercise
        self.device = device_for(exercise, graders.device)
        self._graders = graders
        self._memo = memo
        self._on_run = on_run
        self._counted: set[str] = set()

    async def run(self, source: bytes, seed: int = 0, again: int = 0, *, anew: bool = False) -> Kept:
        """A whole run. ``again`` numbers runs that should all end alike; ``anew``: it is not taken from memory."""
        return await self._run(source, seed, f"whole {again}", whole=True, anew=anew)

    async def told(self, source: bytes, seed: int = 0) -> Kept:
        """A whole run whose sentences are to be quoted: in the language spoken now. The others speak English, so that
        what is remembered does not depend on a language."""
        language = current()
        if language == "en":
            return await self.run(source, seed)
        return await self._run(source, seed, f"whole 0 {language}", whole=True, language=language, counted=False)

    async def fails(self, source: bytes, seed: int = 0, *, patience: float = 1.0) -> bool:
        """Whether a submission fails; found out fast, with limits ``patience`` times as long."""
        kept = await self._run(source, seed, f"quick {patience}", whole=False, patience=patience)
        return bool(kept.failed) or kept.report is None or not kept.report.passed

    async def _run(
        self,
        source: bytes,
        seed: int,
        kind: str,
        *,
        whole: bool,
        patience: float = 1.0,
        language: str = "en",
        counted: bool = True,
        anew: bool = False,
    ) -> Kept:
        key = f"{hashlib.sha256(source).hexdigest()[:32]} {seed} {kind}"
        kept = None if anew else self._memo.get(key)
        if kept is None:
            request = request_for(self.exercise, source, self.device, seed)
            request = msgspec.structs.replace(request, language=language)
            if patience != 1.0:
                request = msgspec.structs.replace(
                    request, seconds=request.seconds * patience, run_seconds=request.run_seconds * patience
                )
            report, failed = await self._graders.grade(request, whole=whole)
            shown = ""
            if report is not None:
                shown = hashlib.sha256(msgspec.msgpack.encode((report.curves, report.drawings))).hexdigest()
                report = msgspec.structs.replace(report, curves=(), drawings=())
            kept = Kept(key, report, shown, failed)
            self._memo.add(kept)
        if counted and key not in self._counted:
            self._counted.add(key)
            self._on_run()
        return kept


def device_for(exercise: Exercise, wanted: Device) -> Device:
    """``wanted``, unless the exercise's grader does not support it."""
    if wanted == "auto" or wanted in exercise.devices:
        return wanted
    return "cuda" if "cuda" in exercise.devices else "cpu"


def default_jobs() -> int:
    """One engine for each core that this process may use, as far as memory goes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):  # macOS does not say
        return cores
    return max(1, min(cores, free // MEMORY_FOR_ONE))
