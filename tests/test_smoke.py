"""The whole thing through a real terminal: start ``tutor``, solve an exercise by writing its file, see it pass."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "app"))
from terminal import Terminal, descendants, environment_for, wait_until_gone

from tutor.catalog import builtin_pack

COMMAND = [sys.executable, "-P", "-m", "tutor"]
MISTAKE = builtin_pack() / "custom_loss" / "squared_error" / "mistakes" / "sum_reduction.py"
ANSWER = builtin_pack().parent / "solutions" / "custom_loss" / "squared_error" / "solution.py"
SLOW_ANSWER = ANSWER.read_text(encoding="utf-8").replace(
    "import torch\n", "import time\n\nimport torch\n\ntime.sleep(60)\n", 1
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    found = environment_for(tmp_path)
    del found["PYTHONPATH"]
    return found


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        processes = descendants(terminal.pid)
        terminal.clear_up()
        for pid in processes:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


def begin(terminal: Terminal) -> None:
    """The first start: choose nothing, and open the first exercise."""
    terminal.wait_for("Welcome to torch-tutor")
    terminal.wait_for("~/torch-tutor")
    terminal.press("\x13")  # ctrl+s: start
    terminal.wait_for("Your first loss: mean squared error")
    terminal.press("\r")
    terminal.wait_for("Ready: waiting for you to save")


def test_from_the_first_start_to_a_pass_and_back(
    terminals: list[Terminal], environment: dict[str, str], tmp_path: Path
) -> None:
    terminal = Terminal(COMMAND, environment, columns=120, rows=40)
    terminals.append(terminal)
    begin(terminal)
    terminal.wait_for("A loss turns")
    terminal.wait_for("pending")
    file = tmp_path / "torch-tutor" / "custom_loss" / "squared_error.py"
    assert "raise NotImplementedError" in file.read_text()

    file.write_bytes(MISTAKE.read_bytes())
    terminal.wait_for("Not yet: 2 of 6 passed")
    terminal.press("h")
    terminal.wait_for("Mean or sum: does it matter?")

    file.write_bytes(ANSWER.read_bytes())
    terminal.wait_for("Passed: all 6 requirements")
    children = descendants(terminal.pid)
    assert children
    terminal.press("q")
    assert terminal.end() == 0
    terminal.is_sane()
    assert not children & descendants(1)


def test_what_is_killed_takes_nothing_along(
    terminals: list[Terminal], environment: dict[str, str], tmp_path: Path
) -> None:
    terminal = Terminal(COMMAND, environment)
    terminals.append(terminal)
    begin(terminal)
    file = tmp_path / "torch-tutor" / "custom_loss" / "squared_error.py"
    file.write_text(SLOW_ANSWER, encoding="utf-8")
    terminal.wait_for("rading")
    for pid in descendants(terminal.pid):  # all of the engine, in the middle of a run
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    terminal.wait_for("Press r to grade again")
    file.write_bytes(MISTAKE.read_bytes())
    terminal.wait_for("Not yet: 2 of 6 passed")

    file.write_text(SLOW_ANSWER, encoding="utf-8")
    terminal.wait_for("rading")
    children = descendants(terminal.pid)
    assert children
    terminal.signal(signal.SIGKILL)  # the app itself
    assert terminal.end() == -signal.SIGKILL
    wait_until_gone(children)
    with contextlib.closing(sqlite3.connect(tmp_path / "torch-tutor" / ".tutor" / "progress.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    file.write_bytes(ANSWER.read_bytes())
    again = Terminal(COMMAND, environment)
    terminals.append(again)
    again.wait_for("not yet")
    again.press("\r")
    again.wait_for("Passed: all 6 requirements")
    again.press("q")
    assert again.end() == 0
    again.is_sane()
