"""Places and people for the tests of the per-user server."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest

from tutor.grading import Collected, Done, EngineDied, GradeRequest, Report, RunEvent, Status, private, rendezvous
from tutor.grading import resident as resident_module
from tutor.grading.options import ServerOptions, spawn_by_default
from tutor.grading.rendezvous import Orders
from tutor.grading.resident import House

OPTIONS = ServerOptions(spawn=spawn_by_default())


def a_request(name: str = "sums/double", source: bytes = b"") -> GradeRequest:
    return GradeRequest(0, name, "double", "grader.py", ("test_one",), source, 10, 30, 512, 64)


class FakeEngine:
    """Quacks like ``Engine``; a run whose source says ``wait`` lasts until it is let go, ``die`` ends it otherwise."""

    def __init__(self, **_options: Any) -> None:
        self.status = Status("ready")
        self.on_status: Callable[[Status], None] = lambda status: None
        self.started: list[str] = []
        self.given_up: list[str] = []
        self.prepared: list[str] = []
        self.may_end = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def start(self) -> None: ...

    async def prepare(self, request: GradeRequest) -> None:
        self.prepared.append(request.exercise)

    async def grade(self, request: GradeRequest) -> AsyncGenerator[RunEvent, None]:
        self.started.append(request.exercise)
        done = False
        try:
            yield Collected(1000, request.requirements, "cpu")
            if request.source == b"die":
                raise EngineDied("It fell over.")
            if request.source == b"wait":
                await self.may_end.wait()
            done = True
            yield Done(1000, Report(request.exercise, "cpu", 0, "passed", None, 0.1, ()))
        finally:
            if not done:
                self.given_up.append(request.exercise)


@dataclass
class Inhabited:
    """A server that lives in this process, with an engine that only pretends."""

    house: House
    engine: FakeEngine
    socket: Path
    life: asyncio.Task[None]
    others: list[Any] = field(default_factory=list)


@contextlib.asynccontextmanager
async def inhabited(
    monkeypatch: pytest.MonkeyPatch, idle_minutes: float = 5.0, options: ServerOptions = OPTIONS
) -> AsyncIterator[Inhabited]:
    """Start such a server where ``SharedEngine()`` looks for one; end it."""
    engine = FakeEngine()
    monkeypatch.setattr(resident_module, "Engine", lambda **_: engine)
    place = private.folder()
    path = place / f"{rendezvous.name_of(options)}.sock"
    lock = private.open_private(path.with_suffix(".lock"))
    assert private.try_lock(lock)
    listener = rendezvous.listen(path)
    house = House(Orders(options, listener.detach(), lock, str(path), rendezvous.identity(path), idle_minutes))
    life = asyncio.create_task(house.live())
    try:
        yield Inhabited(house, engine, path, life)
    finally:
        house.leave()
        await life
        os.close(lock)


async def end_of(task: asyncio.Task[None]) -> None:
    """Wait for a server to leave by itself; the time is what a busy machine may take, not what it should."""
    await asyncio.wait_for(asyncio.shield(task), 60)
