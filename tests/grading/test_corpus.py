"""Every bad submission of ``tests/corpus``: right verdict, right sentence, and nothing left behind.

One engine grades them all, so that each is also graded after all those before it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from corpus_help import (
    ANSWER,
    CORPUS,
    GRADER,
    Entry,
    below,
    check_report,
    check_text,
    entries,
    left_behind,
    picture_of,
    processes,
    read,
    request,
    request_of,
)
from engine_help import report_of

from tutor.grading import Engine, Report
from tutor.grading.client import PASS

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENTRIES = entries()
SETTLING_SECONDS = 15.0
"""Seconds in which a server should have cleared up after a run, however busy the machine is."""
LOOKING_SECONDS = 0.005
MOST_WAITING = 120.0
MOST_GROWN = 200 * 2**20
STANDBY = (
    "exits/os_exit_at_import",
    "exits/kills_its_parent",
    "files/writes_outside",
    "floods/prints_a_little",
    "hangs/at_import",
    "theft/grader_read",
)
"""A box that is started anew costs seconds: these few, of one box each, are graded there too."""


@dataclass
class Bench:
    """An engine, and what must be the same after a grading as before."""

    engine: Engine
    active: frozenset[str]
    outside: Path
    outside_before: dict[str, tuple[int, int, int]]
    corpus_before: dict[str, tuple[int, int, int]]
    temporary: Path
    settled: int = 0
    """Processes below the engine's first one while nothing is graded: the server, a ready judge, ready boxes."""
    resident_before: int = 0
    temporary_before: frozenset[Path] = frozenset()

    async def grade(self, source: bytes) -> Report:
        return await self.report(request(source))

    async def report(self, wanted: object) -> Report:
        return await asyncio.wait_for(report_of(self.engine, wanted), MOST_WAITING)  # type: ignore[arg-type]

    async def settle(self) -> None:
        """Wait until nothing runs below the engine but what stood ready before."""
        assert self.engine.pid is not None
        deadline = time.monotonic() + SETTLING_SECONDS
        while True:
            there = below(self.engine.pid)
            if len(there) == self.settled and all(process.state != "Z" for process in there):
                return
            assert time.monotonic() < deadline, f"{self.settled} processes should be left, not {there}"
            await asyncio.sleep(LOOKING_SECONDS)

    async def begin(self) -> None:
        """Grade once; then count the processes, once their number has stayed the same for a while."""
        assert (await self.grade(ANSWER.read_bytes())).passed
        assert self.engine.pid is not None
        changed, count = time.monotonic(), -1
        while time.monotonic() - changed < 1.5:
            now = len(below(self.engine.pid))
            if now != count:
                changed, count = time.monotonic(), now
            await asyncio.sleep(LOOKING_SECONDS)
        self.settled = count
        self.resident_before = self.resident()
        self.temporary_before = frozenset(self.temporary.iterdir())

    def resident(self) -> int:
        """Bytes of the server's memory."""
        assert self.engine.pid is not None
        everything = processes()
        server = [process for process in everything.values() if process.parent == self.engine.pid]
        return max(process.resident for process in (*server, everything[self.engine.pid]))

    def check_surroundings(self) -> None:
        """Nothing outside has changed, and nothing lies about."""
        assert picture_of(self.outside) == self.outside_before
        assert picture_of(CORPUS) == self.corpus_before
        assert not left_behind()
        assert frozenset(self.temporary.iterdir()) == self.temporary_before

    async def renew(self) -> None:
        """After a failure: undo what it has done, so that it is not the failure of every later one too."""
        for path in left_behind():
            Path(path).unlink()
        self.outside.chmod(0o755)
        self.outside_before = picture_of(self.outside)
        await self.engine.close()
        await self.begin()


async def _bench(folder: Path, monkeypatch: pytest.MonkeyPatch, spawn: str) -> AsyncIterator[Bench]:
    outside, temporary = folder / "outside", folder / "tmp"
    outside.mkdir()
    temporary.mkdir()
    (outside / "canary.txt").write_text("canary", encoding="utf-8")
    with socket.socket(socket.AF_UNIX) as listening, socket.create_server(("127.0.0.1", 0)) as server:
        # By a short name: a socket's may have 107 bytes.
        here = os.open(outside, os.O_RDONLY | os.O_DIRECTORY)
        listening.bind(f"/proc/self/fd/{here}/socket")
        os.close(here)
        listening.listen()
        for name, value in {
            "CORPUS_OUTSIDE": outside,
            "CORPUS_SOCKET": outside / "socket",
            "CORPUS_GRADER": GRADER,
            "CORPUS_ANSWER": ANSWER,
            "CORPUS_PORT": server.getsockname()[1],
            "TMPDIR": temporary,
            PASS: "CORPUS_OUTSIDE,CORPUS_SOCKET,CORPUS_GRADER,CORPUS_ANSWER,CORPUS_PORT",
        }.items():
            monkeypatch.setenv(name, str(value))
        root = CORPUS.parent.parent
        hidden = [GRADER.parent, root / "exercises", root / "solutions"]
        async with Engine(hidden=hidden, spawn="standby" if spawn == "standby" else "fork") as engine:
            status = await engine.ready()
            bench = Bench(
                engine,
                frozenset(status.confinement),
                outside,
                picture_of(outside),
                picture_of(CORPUS),
                temporary,
            )
            await bench.begin()
            yield bench


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        async for one in _bench(tmp_path_factory.mktemp("corpus"), monkeypatch, "fork"):
            yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standby(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        async for one in _bench(tmp_path_factory.mktemp("standby"), monkeypatch, "standby"):
            yield one


async def _grade_and_check(bench: Bench, entry: Entry) -> None:
    report = await bench.report(request_of(entry))
    if entry.needs <= bench.active:
        check_report(entry, report)
        check_text(report)
    else:
        # Without the protection that this one tries, it may do as it likes, but for one thing.
        assert not report.passed


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
async def test_submission(bench: Bench, entry: Entry) -> None:
    try:
        server = bench.engine.pid
        await _grade_and_check(bench, entry)
        assert (await bench.grade(ANSWER.read_bytes())).passed, "a right answer after it does not pass"
        assert bench.engine.pid == server
        await bench.settle()
        if entry.needs <= bench.active:
            bench.check_surroundings()
    except BaseException:
        await bench.renew()
        raise


async def test_memory_of_the_server_is_flat(bench: Bench) -> None:
    """After everything above: the server holds what it held."""
    await bench.settle()
    assert bench.resident() < bench.resident_before + MOST_GROWN


async def test_closing_leaves_no_process_and_no_folder(bench: Bench) -> None:
    assert bench.engine.pid is not None
    there = {process.pid for process in below(bench.engine.pid)}
    await bench.engine.close()
    assert not there & set(processes())
    assert not list(bench.temporary.iterdir())


@pytest.mark.parametrize("name", STANDBY)
async def test_submission_where_fork_is_not_used(standby: Bench, name: str) -> None:
    await _grade_and_check(standby, read(CORPUS / f"{name}.py"))
    await standby.settle()
    standby.check_surroundings()


async def test_a_right_answer_passes_where_fork_is_not_used(standby: Bench) -> None:
    assert (await standby.grade(ANSWER.read_bytes())).passed


async def test_the_corpus_covers_every_way_of_being_bad() -> None:
    """The categories of the corpus, and how many at least."""
    counts = Counter(entry.file.parent.name for entry in entries())
    assert len(entries()) >= 60
    assert set(counts) == {
        *("exits", "files", "floods", "forging", "global_state", "hangs"),
        *("load", "memory", "network", "numbers", "processes", "ranks", "theft"),
    }
    assert min(counts.values()) >= 5
