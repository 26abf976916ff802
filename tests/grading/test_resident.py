"""The per-user server: who may call, whose turn it is, when it leaves. The engine is a fake, the sockets are real."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest
from resident_help import Inhabited, a_request, end_of, inhabited

from tutor.grading import Cancelled, Collected, Done, EngineDied, RunEvent, Status, private, rendezvous
from tutor.grading import resident as resident_module
from tutor.grading.shared import SharedEngine

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no unix sockets here")


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The private folder of this test's servers, under a path that is short enough."""
    with tempfile.TemporaryDirectory(prefix="t-") as name:
        monkeypatch.setenv("XDG_RUNTIME_DIR", name)
        monkeypatch.setenv(private.IDLE_VARIABLE, "5")
        yield private.folder()


async def runs_of(home: Inhabited, count: int) -> None:
    """Wait until the server has so many runs, those that wait among them."""
    while home.house._runs != count:
        await asyncio.sleep(0)


async def first(events: AsyncGenerator[RunEvent, None]) -> RunEvent:
    return await anext(events)


async def test_it_greets_and_grades_and_numbers_are_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    async with inhabited(monkeypatch) as home, SharedEngine() as shared:
        shared.on_status = seen.append
        assert await shared.ready() == Status("ready")
        for number in (1, 2):
            events = [event async for event in shared.grade(a_request())]
            assert [type(event) for event in events] == [Collected, Done]
            assert {event.run for event in events} == {number}
        home.engine.on_status(Status("warming", "again"))
        home.engine.on_status(Status("ready"))
        await shared.prepare(a_request("sums/other"))
        assert [event async for event in shared.grade(a_request())]
        assert home.engine.prepared == ["sums/other"]
    assert Status("warming", "again") in seen


async def test_runs_of_several_callers_wait_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch) as home, SharedEngine() as one, SharedEngine() as two:
        running = one.grade(a_request("sums/one", b"wait"))
        assert isinstance(await first(running), Collected)
        waiting = asyncio.create_task(first(two.grade(a_request("sums/two"))))
        await runs_of(home, 2)
        assert home.engine.started == ["sums/one"]
        home.engine.may_end.set()
        assert isinstance((await anext(running)), Done)
        assert isinstance(await waiting, Collected)
        assert home.engine.given_up == []


async def test_a_newer_run_of_the_same_caller_supersedes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch) as home, SharedEngine() as shared:
        older = shared.grade(a_request("sums/one", b"wait"))
        assert isinstance(await first(older), Collected)
        newer = [event async for event in shared.grade(a_request("sums/two"))]
        assert isinstance(newer[-1], Done)
        assert [type(event) async for event in older] == [Cancelled]
        assert home.engine.given_up == ["sums/one"]


async def test_cancel_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch) as home, SharedEngine() as shared:
        run = shared.grade(a_request("sums/one", b"wait"))
        assert isinstance(await first(run), Collected)
        await shared.cancel()
        assert [type(event) async for event in run] == [Cancelled]
        assert home.engine.given_up == ["sums/one"]


async def test_a_caller_who_goes_away_takes_the_run_along(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch) as home:
        async with SharedEngine() as one:
            run = one.grade(a_request("sums/one", b"wait"))
            assert isinstance(await first(run), Collected)
        with pytest.raises(EngineDied):
            await anext(run)
        async with SharedEngine() as two:
            assert isinstance([event async for event in two.grade(a_request("sums/two"))][-1], Done)
        assert home.engine.given_up == ["sums/one"]


async def test_an_engine_that_dies_is_said_and_the_server_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch), SharedEngine() as shared:
        pid = shared.pid
        with pytest.raises(EngineDied, match="It fell over"):
            [event async for event in shared.grade(a_request(source=b"die"))]
        assert isinstance([event async for event in shared.grade(a_request())][-1], Done)
        assert shared.pid == pid


async def test_its_end_in_the_middle_of_a_run_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch) as home, SharedEngine() as shared:
        run = shared.grade(a_request(source=b"wait"))
        assert isinstance(await first(run), Collected)
        home.house.leave()
        with pytest.raises(EngineDied, match="per-user server"):
            await anext(run)
        assert shared.status.state == "stopped"


async def test_where_there_was_one_and_can_be_none_any_more_the_engine_has_died(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_options: object) -> None:
        raise private.NoServer("The folder is gone.")

    async with inhabited(monkeypatch) as home, SharedEngine() as shared:
        assert isinstance([event async for event in shared.grade(a_request())][-1], Done)
        home.house.leave()
        await end_of(home.life)
        monkeypatch.setattr(rendezvous, "join", refuse)
        while shared.pid is not None:
            await asyncio.sleep(0)
        with pytest.raises(EngineDied, match="The folder is gone"):
            [event async for event in shared.grade(a_request())]
        with pytest.raises(private.NoServer):
            await SharedEngine().start()


async def test_nonsense_ends_the_connection_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch) as home, SharedEngine() as shared:
        for nonsense in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x03abc"):
            reader, writer = await asyncio.open_unix_connection(str(home.socket))
            writer.write(nonsense)
            await reader.read()  # greeted, then left
            writer.close()
        assert isinstance([event async for event in shared.grade(a_request())][-1], Done)


# Leaving


async def test_it_leaves_when_it_has_had_no_work_for_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch, idle_minutes=0.001) as home:
        await end_of(home.life)
        assert not home.socket.exists()
        assert not home.socket.with_suffix(".lock").exists()


async def test_a_run_is_work_however_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch) as home, SharedEngine() as shared:
        run = shared.grade(a_request(source=b"wait"))
        assert isinstance(await first(run), Collected)
        home.house._used -= 24 * 60 * 60
        assert home.house.is_wanted()
        home.engine.may_end.set()
        assert isinstance(await anext(run), Done)
        await runs_of(home, 0)
        assert home.house.is_wanted()
        home.house._used -= 24 * 60 * 60
        assert not home.house.is_wanted()
        await end_of(home.life)


async def test_a_caller_who_wants_nothing_is_borne_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch, idle_minutes=0.001) as home, SharedEngine() as shared:
        await shared.ready()
        home.house._used -= 60 * resident_module.STOPPED_CLIENT_MINUTES / 2
        assert home.house.is_wanted()
        home.house._used -= 60 * resident_module.STOPPED_CLIENT_MINUTES
        assert not home.house.is_wanted()


async def test_it_leaves_when_its_socket_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch) as home:
        home.socket.unlink()
        await end_of(home.life)


async def test_it_leaves_when_its_socket_was_replaced_and_leaves_the_new_one_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with inhabited(monkeypatch) as home:
        with rendezvous.listen(home.socket):
            await end_of(home.life)
            assert home.socket.exists()


async def test_it_leaves_when_the_tutor_was_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resident_module, "CODE_SECONDS", 0.0)
    async with inhabited(monkeypatch) as home:
        monkeypatch.setattr(rendezvous, "code_stamp", lambda: "another")
        await end_of(home.life)


async def test_who_is_there_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch, idle_minutes=3), SharedEngine() as shared:
        ((lock, resident),) = rendezvous.residents()
        assert (resident.pid, resident.idle_minutes, resident.interpreter) == (shared.pid, 3, sys.executable)
        assert lock.exists()


# Who may call

ANSWER = """
import ctypes, socket, sys
{before}
sock = socket.socket(socket.AF_UNIX)
sock.connect(sys.argv[1])
print(len(sock.recv(1)))
"""
LIKE_A_BOX = "assert ctypes.CDLL(None).prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS, as every box does"


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel who calls")
async def test_graded_code_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def greeted(before: str) -> bool:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", ANSWER.format(before=before), str(home.socket)), stdout=subprocess.PIPE
        )
        said, _errors = await process.communicate()
        return said == b"1\n"

    async with inhabited(monkeypatch) as home:
        assert await greeted("")
        assert not await greeted(LIKE_A_BOX)


async def test_another_user_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async with inhabited(monkeypatch) as home:
        monkeypatch.setattr(rendezvous, "peer", lambda sock: (1, 12345))
        reader, writer = await asyncio.open_unix_connection(str(home.socket))
        assert await reader.read() == b""
        writer.close()
        with pytest.raises(private.NoServer):  # and neither is such a server talked to
            await SharedEngine().start()


async def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.grading.shared.HELLO_SECONDS", 0.1)
    path = private.folder() / f"{rendezvous.name_of(SharedEngine()._options)}.sock"
    with rendezvous.listen(path), pytest.raises(private.NoServer, match="does not answer"):
        await SharedEngine().start()


# Real processes. Nobody waits for PyTorch here.


CALL = """
import asyncio, sys
from tutor.grading.shared import SharedEngine
async def main():
    async with SharedEngine() as shared:
        print(shared.pid)
asyncio.run(main())
assert "torch" not in sys.modules
"""


@pytest.fixture
def caller() -> Iterator[list[str]]:
    """The command of a process that calls and prints whom it met; what it has started is ended."""
    yield [sys.executable, "-P", "-c", CALL]
    for lock, resident in rendezvous.residents():
        rendezvous.stop(lock, resident)
    assert rendezvous.residents() == []


def met(process: subprocess.Popen[bytes]) -> int:
    said, _ = process.communicate()
    assert process.returncode == 0
    return int(said)


def test_two_who_call_at_once_meet_one_server_and_so_does_the_next(caller: list[str], place: Path) -> None:
    both = [subprocess.Popen(caller, stdout=subprocess.PIPE) for _ in range(2)]
    pids = {met(process) for process in both}
    assert len(pids) == 1
    assert met(subprocess.Popen(caller, stdout=subprocess.PIPE)) in pids
    assert [resident.pid for _, resident in rendezvous.residents()] == list(pids)
    (socket_file,) = place.glob("*.sock")
    assert socket_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not its child")
def test_a_killed_server_is_noticed_and_another_started(caller: list[str], place: Path) -> None:
    old = met(subprocess.Popen(caller, stdout=subprocess.PIPE))
    with contextlib.closing(os.fdopen(os.pidfd_open(old))) as end:
        os.kill(old, signal.SIGKILL)
        assert select.select([end], [], [], 60)[0]
    assert list(place.glob("*.sock"))  # nobody has taken it away
    new = met(subprocess.Popen(caller, stdout=subprocess.PIPE))
    assert new != old
    assert [resident.pid for _, resident in rendezvous.residents()] == [new]


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not its child")
def test_a_server_has_ended_when_its_process_has_not_when_its_lock_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendezvous, "STOP_SECONDS", 0.1)
    lingers = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", lingers], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        rendezvous.stop(tmp_path / "given-up.lock", rendezvous.Resident(process.pid, 0.0, sys.executable, 1.0))
    assert process.returncode == -signal.SIGKILL
