"""The GPU's lock, and a run that waits for it. No GPU is needed: everything here comes before the driver."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tutor.grading import messages
from tutor.grading.frames import BlockingChannel, Channel
from tutor.grading.gpu import SHARE, Turn
from tutor.grading.report import Cancelled, Done, Event, GradeRequest, Status
from tutor.grading.server import Server
from tutor.grading.spawn import Child, Role

Game = tuple[Server, BlockingChannel, "FakeSpawner"]

REQUEST = GradeRequest(
    run=1,
    exercise="topic/exercise",
    name="exercise",
    grader="/nowhere/test_exercise.py",
    requirements=("test_one",),
    source=b"",
    seconds=5,
    run_seconds=20,
    memory_mb=64,
    output_kb=1,
    device="cuda",
)


@pytest.fixture(autouse=True)
def _not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHARE, raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def test_one_at_a_time(tmp_path: Path) -> None:
    one, other = Turn(tmp_path), Turn(tmp_path)
    assert one.take()
    assert one.take(), "it is ours already"
    assert not other.take()
    one.give_back()
    assert other.take()
    assert not one.take()


def test_other_gpus_are_another_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, same = Turn(tmp_path), Turn(tmp_path)
    assert held.take()
    assert not same.take()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert Turn(tmp_path).take()


def test_shared_where_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Turn(tmp_path)
    assert held.take()
    monkeypatch.setenv(SHARE, "1")
    assert Turn(tmp_path).take()


def test_a_folder_in_which_no_lock_can_be_made_keeps_nobody_out(tmp_path: Path) -> None:
    assert Turn(tmp_path / "absent").take()


def test_a_link_in_the_lock_s_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "tutor-gpu-all.lock").symlink_to(tmp_path / "victim")
    assert Turn(tmp_path).take()
    assert not (tmp_path / "victim").exists()


class FakeSpawner:
    """Makes children that say nothing."""

    box_serves_run = False
    boxes_end_alone = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Role] = []
        self.ends: list[socket.socket] = []

    def spawn(self, role: Role) -> Child:
        self.made.append(role)
        ours, theirs = socket.socketpair()
        self.ends.append(theirs)
        trace = (self.folder / "trace").open("w")
        child = Child(role, 10**9 + len(self.made), Channel(ours), None, trace.fileno(), self.folder, self.folder)
        child.status = 0
        return child


@pytest.fixture
def handlers() -> Iterator[None]:
    kept = signal.getsignal(signal.SIGCHLD)
    yield
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, kept)


@pytest.fixture
def game(tmp_path: Path, handlers: None, monkeypatch: pytest.MonkeyPatch) -> Game:
    ours, theirs = socket.socketpair()
    spawner = FakeSpawner(tmp_path)
    server = Server(Channel(theirs), spawner, (), tmp_path)
    monkeypatch.setattr(server, "_device", lambda request: "cuda")
    return server, BlockingChannel(ours), spawner


def heard(client: BlockingChannel) -> Event:
    return messages.decode_event(client.receive())


def test_a_run_waits_for_the_gpu_and_says_so(game: Game, tmp_path: Path) -> None:
    server, client, spawner = game
    other = Turn(tmp_path)
    assert other.take()
    client.send(messages.encode(messages.Grade(REQUEST)))
    server._turn()
    said = heard(client)
    assert isinstance(said, Status)
    assert "Another tutor is using the GPU" in said.message
    assert "judge" not in spawner.made
    other.give_back()
    server._look_at_gpu()
    assert "judge" in spawner.made
    assert not Turn(tmp_path).take(), "the run has it now"


def test_a_waiting_run_can_be_cancelled_and_superseded(game: Game, tmp_path: Path) -> None:
    server, client, spawner = game
    other = Turn(tmp_path)
    assert other.take()
    client.send(messages.encode(messages.Grade(REQUEST)))
    server._turn()
    heard(client)
    client.send(messages.encode(messages.Grade(msgspec.structs.replace(REQUEST, run=2))))
    server._turn()
    assert heard(client) == Cancelled(1)
    heard(client)
    client.send(messages.encode(messages.Cancel(2)))
    server._turn()
    assert heard(client) == Cancelled(2)
    assert "judge" not in spawner.made


def test_a_device_that_is_not_there_is_its_own_verdict(game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    server, client, _ = game
    monkeypatch.setattr(server, "_device", lambda request: None)
    client.send(messages.encode(messages.Grade(REQUEST)))
    server._turn()
    said = heard(client)
    assert isinstance(said, Done)
    assert said.report.fault is not None
    assert (said.report.fault.kind, said.report.verdict) == ("device", "error")
