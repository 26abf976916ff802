"""``check`` and the per-user server, ``server``, and what ``doctor`` says of it; the engines are fakes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli_tools import FAILED, PASSED, FakeEngine, tutor

from tutor.catalog import Exercise
from tutor.cli import doctor
from tutor.cli.wiring import Wiring
from tutor.grading import EngineDied, Status, private
from tutor.grading.private import NoServer
from tutor.grading.shared import SharedEngine
from tutor.workspace import Workspace

EngineSays = Callable[..., FakeEngine]


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="t-") as name:
        monkeypatch.setenv("XDG_RUNTIME_DIR", name)
        yield Path(name)


@pytest.fixture
def shared_says(monkeypatch: pytest.MonkeyPatch) -> EngineSays:
    """Put a per-user server in place that gives these answers."""

    def use(*answers: object, dead: str = "") -> FakeEngine:
        fake = FakeEngine(answers, dead)  # type: ignore[arg-type]
        monkeypatch.setattr(Wiring, "shared_engine", lambda self: fake)
        return fake

    return use


@pytest.fixture
def answered(workspace: Workspace, exercises: dict[str, Exercise]) -> None:
    """The learner has a file of the first exercise."""
    workspace.ensure(exercises["double"])


@pytest.mark.usefixtures("answered")
def test_a_check_is_graded_by_the_server(engine_says: EngineSays, shared_says: EngineSays) -> None:
    own, shared = engine_says(), shared_says(PASSED)
    result = tutor("check", "sums/double")
    assert (result.status, result.err) == (0, "")
    assert (len(shared.requests), shared.closed, own.requests) == (1, True, [])


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("arguments", [["sums/double", "--no-server"], ["--all"]])
def test_some_checks_do_without(arguments: list[str], engine_says: EngineSays, shared_says: EngineSays) -> None:
    own, shared = engine_says(PASSED, PASSED, PASSED), shared_says()
    assert tutor("check", *arguments).status == 0
    assert own.requests
    assert not shared.requests


def test_how_long_it_stays_decides_whether_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Wiring().shared_engine() is None  # the tests set it to 0
    monkeypatch.setenv(private.IDLE_VARIABLE, "1")
    assert isinstance(Wiring().shared_engine(), SharedEngine)


@pytest.mark.usefixtures("answered")
def test_a_number_of_minutes_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(private.IDLE_VARIABLE, "soon")
    result = tutor("check", "sums/double")
    assert (result.status, result.out) == (2, "")
    assert "TUTOR_IDLE_MINUTES is 'soon'" in result.err


@pytest.mark.usefixtures("answered")
def test_a_server_that_dies_in_the_middle_is_said_and_the_check_is_done_again(
    engine_says: EngineSays, shared_says: EngineSays, workspace: Workspace
) -> None:
    own, shared = engine_says(FAILED, PASSED), shared_says(EngineDied("It was killed."))
    result = tutor("check", "sums/double")
    assert result.status == 1
    assert "It was killed." in result.err
    assert "engine for this check alone" in result.err
    assert "Not yet: 1 of 2 passed" in result.out
    assert len(shared.requests) == 1
    assert own.requests[0] == shared.requests[0]  # what follows are known mistakes, for the hint
    assert len(workspace.attempts("sums/double")) == 1


@pytest.mark.usefixtures("answered")
def test_only_what_was_not_graded_is_done_again_and_json_stays_json(
    engine_says: EngineSays, shared_says: EngineSays
) -> None:
    own, shared = engine_says(FAILED, PASSED), shared_says(PASSED, EngineDied("It was killed."))
    result = tutor("check", "sums/double", "sums/halve", "--json")
    assert result.status == 1
    assert [(row["exercise"], row["verdict"]) for row in json.loads(result.out)] == [
        ("sums/double", "passed"),
        ("sums/halve", "failed"),
    ]
    assert [request.exercise for request in shared.requests] == ["sums/double", "sums/halve"]
    assert {request.exercise for request in own.requests} == {"sums/halve"}


@pytest.mark.usefixtures("answered")
def test_an_engine_that_dies_as_well_is_the_end(engine_says: EngineSays, shared_says: EngineSays) -> None:
    engine_says(EngineDied("So was this one."))
    shared_says(EngineDied("It was killed."))
    result = tutor("check", "sums/double")
    assert result.status == 2
    assert "So was this one." in result.err


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize(("reason", "said"), [("The folder is not private.", True), ("", False)])
def test_where_there_can_be_none_a_check_works_and_says_so_if_there_is_something_to_say(
    reason: str, said: bool, engine_says: EngineSays, shared_says: EngineSays, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_says(PASSED)
    shared = shared_says()

    async def refuse() -> Status:
        raise NoServer(reason)

    monkeypatch.setattr(shared, "ready", refuse)
    result = tutor("check", "sums/double")
    assert result.status == 0
    assert bool(result.err) is said
    assert reason in result.err


# The command


def test_nobody_there() -> None:
    assert "No server is running" in tutor("server", "status").out
    result = tutor("server", "stop")
    assert (result.status, result.out) == (0, "No server is running.\n")


def test_without_a_command_its_help_is_shown() -> None:
    result = tutor("server")
    assert result.status == 2
    assert "\n  status " in result.out
    assert "\n  stop " in result.out
    assert private.IDLE_VARIABLE in result.out


@pytest.mark.parametrize("command", ["status", "stop"])
def test_a_folder_that_is_not_private_is_refused(command: str, runtime: Path) -> None:
    (runtime / "torch-tutor").symlink_to(runtime)
    result = tutor("server", command)
    assert (result.status, result.out) == (2, "")
    assert str(runtime / "torch-tutor") in result.err


# doctor


@pytest.fixture
def doctors(engine_says: EngineSays, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look() -> dict[str, object]:
        return {"cuda": None, "devices": []}

    monkeypatch.setattr(doctor, "_look_for_cuda", look)
    engine_says()


@pytest.mark.usefixtures("doctors")
def test_the_doctor_knows_of_it(monkeypatch: pytest.MonkeyPatch, runtime: Path) -> None:
    assert "✓ good  Server: none, because TUTOR_IDLE_MINUTES is 0" in tutor("doctor").out
    monkeypatch.setenv(private.IDLE_VARIABLE, "5")
    assert "✓ good  Server: none is running" in tutor("doctor").out
    (runtime / "torch-tutor").rename(runtime / "elsewhere")
    (runtime / "torch-tutor").symlink_to(os.devnull)
    result = tutor("doctor")
    assert result.status == 0
    assert "! note  Server: each `tutor check` loads PyTorch anew" in result.out
    assert str(runtime / "torch-tutor") in result.out
