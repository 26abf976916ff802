"""``check`` with a per-user server and the real engine: one server for all of it, so one test."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_tools import processes_about, spawn

from tutor.catalog import Exercise
from tutor.grading import private, rendezvous
from tutor.workspace import Workspace

SECONDS = 120
LOOK = "import atexit; atexit.register(lambda: print('torch' in sys.modules, file=sys.stderr))"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc and waits for what is not its child")


@pytest.fixture
def server(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Servers may stay, in a place of this test's own, until it is over."""
    with tempfile.TemporaryDirectory(prefix="t-") as name:
        monkeypatch.setenv("XDG_RUNTIME_DIR", name)
        monkeypatch.setenv(private.IDLE_VARIABLE, "10")
        try:
            yield
        finally:
            for lock, resident in rendezvous.residents():
                rendezvous.stop(lock, resident)
    assert processes_about(workspace.folder) == []


def the_one() -> int:
    """The server's process."""
    ((_, resident),) = rendezvous.residents()
    return resident.pid


@pytest.mark.usefixtures("server")
def test_a_server_stays_is_used_again_and_is_missed_by_nobody_when_it_is_killed(
    pack_folder: Path, workspace: Workspace, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    workspace.ensure(exercises["double"]).write_bytes(exercises["double"].solutions[0].read_bytes())

    def check() -> None:
        process = spawn(pack_folder, "check", "sums/double", before=LOOK)
        out, errors = process.communicate(timeout=SECONDS)
        assert (process.returncode, errors) == (0, "False\n")  # and PyTorch was not imported in that process
        assert "Passed: all 2 requirements" in out

    check()
    first = the_one()
    check()
    assert the_one() == first
    listed = spawn(pack_folder, "server", "status").communicate(timeout=SECONDS)[0]
    assert f"process {first}" in listed

    # Killed in the middle of a run: said, and graded again.
    answer = tmp_path / "endless.py"
    answer.write_text("def double(x):\n    while not x:\n        pass\n    return 2 * x\n")
    process = spawn(pack_folder, "check", "sums/double", "--file", str(answer))
    assert process.stdout is not None
    rows = iter(process.stdout)
    assert any(row.startswith("✓") for row in rows)  # the first requirement is decided, and the second runs for ever
    with contextlib.closing(os.fdopen(os.pidfd_open(first))) as end:
        os.kill(first, signal.SIGKILL)
        assert select.select([end], [], [], SECONDS)[0]
    assert any(row.startswith("✓") for row in rows)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert "The per-user server ended unexpectedly." in errors

    # The next check finds only what was left of it, and starts another, which `server stop` ends.
    check()
    second = the_one()
    assert second != first
    ended = spawn(pack_folder, "server", "stop").communicate(timeout=SECONDS)[0]
    assert ended == f"Process {second} has ended.\n"
    assert processes_about(workspace.folder) == []
