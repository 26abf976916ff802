"""The whole thing through a real terminal: start ``tutor``, solve an exercise by writing its file, see it pass."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte
import pytest

sys.path.insert(0, str(Path(__file__).parent / "grading"))
from engine_help import descendants

from tutor.catalog import builtin_pack

PATIENCE = 120.0
"""Seconds after which a screen that has not come will not come."""


class Terminal:
    """A process in a terminal of 120 by 40, and what is on its screen."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._screen = pyte.Screen(120, 40)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def press(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def wait_for(self, what: str | Callable[[str], bool]) -> None:
        """Read the screen until it shows ``what``."""
        shown = (lambda text: what in text) if isinstance(what, str) else what
        until = time.monotonic() + PATIENCE
        while not shown(self.text):
            assert time.monotonic() < until, f"{what!r} did not come:\n{self.text}"
            if select.select([self._fd], [], [], 0.5)[0]:
                self._stream.feed(os.read(self._fd, 1 << 16))

    def end(self) -> int:
        """Wait for the process to end; its exit status."""
        try:
            while select.select([self._fd], [], [], PATIENCE)[0] and os.read(self._fd, 1 << 16):
                pass
        except OSError:  # Linux says so when the other end of a terminal has closed
            pass
        os.close(self._fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    environment = os.environ | {
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "HOME": str(tmp_path),
        "TUTOR_CONFIG": str(tmp_path / "config"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    terminal = Terminal([sys.executable, "-P", "-m", "tutor"], environment)
    yield terminal
    for pid in (terminal.pid, *descendants(terminal.pid)):
        try:
            os.kill(pid, 9)
        except OSError:
            continue


def test_from_the_first_start_to_a_pass_and_back(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("Welcome to torch-tutor")
    terminal.wait_for("~/torch-tutor")
    terminal.press("\x13")  # ctrl+s: start
    terminal.wait_for("Your first loss: mean squared error")
    terminal.press("\r")
    terminal.wait_for("A loss turns")
    terminal.wait_for("pending")
    file = tmp_path / "torch-tutor" / "custom_loss" / "squared_error.py"
    assert "raise NotImplementedError" in file.read_text()

    mistake = builtin_pack() / "custom_loss" / "squared_error" / "mistakes" / "sum_reduction.py"
    file.write_bytes(mistake.read_bytes())
    terminal.wait_for("Not yet: 2 of 6 passed")
    terminal.press("h")
    terminal.wait_for("Mean or sum: does it matter?")

    answer = builtin_pack().parent / "solutions" / "custom_loss" / "squared_error" / "solution.py"
    file.write_bytes(answer.read_bytes())
    terminal.wait_for("Passed: all 6 requirements")
    children = descendants(terminal.pid)
    assert children
    terminal.press("q")
    assert terminal.end() == 0
    assert not children & descendants(1)
