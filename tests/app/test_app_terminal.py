"""The app in a real terminal: what a headless run cannot show. The session is still the fake."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import sys
import time
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import pyte
import pytest

PATIENCE = 180.0
PROGRAM = """
import sys
from pathlib import Path

from app_fakes import FakeSession
from tutor.app import Choice, run

folder = Path(sys.argv[1])


class Session(FakeSession):
    async def close(self):
        await super().close()
        (folder / "closed").write_text("")


sys.exit(run(lambda choice: Session(folder), choice=Choice("en", folder), folder=folder, remember=print))
"""


class Terminal:
    """The app in a terminal of 100 by 30."""

    def __init__(self, folder: Path, editor: Path) -> None:
        self._screen = pyte.Screen(100, 30)
        self._stream = pyte.ByteStream(self._screen)
        paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
        # By its name alone: what is said of the editor then fits on one line of the screen, wherever the test runs.
        environment = {**os.environ, "TERM": "xterm-256color", "EDITOR": editor.name, "PYTHONPATH": paths}
        environment["PATH"] = f"{editor.parent}{os.pathsep}{environment['PATH']}"
        environment.pop("VISUAL", None)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-c", PROGRAM, str(folder)], environment)
        ioctl(self._fd, TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def press(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def wait_for(self, what: str) -> None:
        until = time.monotonic() + PATIENCE
        while what not in self.text:
            assert time.monotonic() < until, f"{what!r} did not come:\n{self.text}"
            if select.select([self._fd], [], [], 0.5)[0]:
                self._stream.feed(os.read(self._fd, 1 << 16))

    def end(self) -> int:
        """Exit status; a signal's number, negative."""
        try:
            while select.select([self._fd], [], [], PATIENCE)[0] and os.read(self._fd, 1 << 16):
                pass
        except OSError:  # Linux says so when the other end of a terminal has closed
            pass
        os.close(self._fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def editor(tmp_path: Path) -> Path:
    """Asks before it writes, as a person would take a while."""
    script = tmp_path / "editor.sh"
    script.write_text('#!/bin/sh\necho EDITING\nread answer\nprintf %s "$answer" > "$1"\ntest "$answer" != bad\n')
    script.chmod(0o755)
    return script


@pytest.fixture
def terminal(tmp_path: Path, editor: Path) -> Iterator[Terminal]:
    folder = tmp_path / "learner"
    folder.mkdir()
    terminal = Terminal(folder, editor)
    yield terminal
    try:
        os.kill(terminal.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def test_the_editor_gets_the_terminal_and_the_app_takes_it_back(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("Your first loss")
    terminal.press("\r")
    terminal.wait_for("Ready: waiting for you to save")
    terminal.press("e")
    terminal.wait_for("EDITING")
    terminal.press("bad\n")
    terminal.wait_for("ended with status 1")
    terminal.wait_for("Not yet: 2 of 4 passed")
    terminal.press("e")
    terminal.wait_for("EDITING")
    terminal.press("good\n")
    terminal.wait_for("Passed: all 4 requirements")
    terminal.press("q")
    assert terminal.end() == 0
    assert (tmp_path / "learner" / "closed").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_app_as_a_key_does(terminal: Terminal, tmp_path: Path, number: signal.Signals) -> None:
    terminal.wait_for("Your first loss")
    os.kill(terminal.pid, number)
    assert terminal.end() == 128 + number
    assert (tmp_path / "learner" / "closed").exists()
