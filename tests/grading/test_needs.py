"""A server for each set of libraries: loaded when an exercise wants them, and nobody else waits for that."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from corpus_help import ANSWER, request
from engine_help import descendants, report_of

from tutor.grading import Decided, Engine, GradeRequest, Status

pytestmark = pytest.mark.asyncio(loop_scope="function")

GRADER = """
import sys
from tutor.testing import expect, probe

@probe
def libraries(submission):
    import sys
    return [name for name in ("slow_library", "broken_library") if name in sys.modules]

def test_library():
    there = libraries() == ["slow_library"] and "slow_library" in sys.modules
    expect(there, en="not there", ja="ない")
"""


@pytest.fixture
def libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the import path, with a library that loads once somebody writes into the FIFO beside it."""
    folder = tmp_path / "libraries"
    folder.mkdir()
    os.mkfifo(folder / "gate")
    gate = str(folder / "gate")
    (folder / "slow_library.py").write_text(f"open({gate!r}).read()\n", encoding="utf-8")
    (folder / "broken_library.py").write_text("raise RuntimeError('broken')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.fixture
def wanting(tmp_path: Path) -> GradeRequest:
    grader = tmp_path / "grader" / "test_wanting.py"
    grader.parent.mkdir()
    grader.write_text(GRADER, encoding="utf-8")
    plain = request(b"x = 1\n")
    return msgspec.structs.replace(
        plain, grader=str(grader), requirements=("test_library",), needs=("slow_library", "broken_library")
    )


async def test_nobody_waits_for_a_library_that_he_does_not_need(libraries: Path, wanting: GradeRequest) -> None:
    async with Engine() as engine:
        said: list[Status] = []
        engine.on_status = said.append
        await engine.ready()
        await engine.prepare(wanting)
        # The other server is now stuck in its import, for as long as nobody writes into the FIFO.
        assert (await report_of(engine, request(ANSWER.read_bytes()))).passed
        (libraries / "gate").write_text("go")
        report = await report_of(engine, wanting)
        assert report.passed, report
        assert any(status.state == "warming" and "slow_library" in status.message for status in said)
        assert engine.status.state == "ready"
        # And back: the first server is still there.
        assert (await report_of(engine, request(ANSWER.read_bytes()))).passed


@pytest.mark.parametrize("name", ["sklearn", "torch_geometric", "transformers"])
async def test_servers_stay_at_one_thread(name: str) -> None:
    """A second thread in a parent makes its forked children hang: none may come with a library."""
    async with Engine(needs=(name,)) as engine:
        wanted = msgspec.structs.replace(request(ANSWER.read_bytes()), needs=(name,))
        seen: dict[int, int] = {}
        async for event in engine.grade(wanted):
            assert engine.pid is not None
            if isinstance(event, Decided):
                # Whoever has children now: the router, and the server of this library with its judge.
                parents = {below for below in descendants(engine.pid) if descendants(below)}
                seen |= {pid: threads_of(pid) for pid in parents}
        assert len(seen) >= 2
        assert set(seen.values()) == {1}


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


async def test_needs_given_at_the_start_are_loaded_at_once(libraries: Path, wanting: GradeRequest) -> None:
    async with Engine(needs=("broken_library", "slow_library")) as engine:
        (libraries / "gate").write_text("go")
        assert (await report_of(engine, wanting)).passed
