"""A program in a real terminal (a pseudo-terminal, with pyte to read it): what a headless run cannot show."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from fcntl import ioctl
from pathlib import Path

import pyte

PATIENCE = 180.0
"""Seconds after which what has not happened will not happen."""
MODE = re.compile(rb"\x1b\[(?:\?([\d;]+)([hl])|([><])[\d;]*u)")
UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[(?:[<>=][\d;]*u|\?[\d;]*\$p)")
UNFINISHED = re.compile(rb"\x1b(?:\[[\d;?<>=$]*)?\Z")
RESTING = frozenset({"7", "25"})
"""Modes that a terminal has at rest: lines wrap, the cursor is seen."""


class Terminal:
    """A process in a terminal of its own, and what is on its screen."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        columns: int = 100,
        rows: int = 30,
    ) -> None:
        self.raw = bytearray()
        """Everything that was written to the terminal."""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""
        self._open = True
        self._status: int | None = None
        self._fd, slave = pty.openpty()
        self.name = os.ttyname(slave)
        """The path of the terminal's device."""
        self._set_size(columns, rows)
        self.attributes_before = self.attributes
        # The leader of a session gets the first terminal that it opens for its own. Not pty.fork: whoever runs the
        # tests may have threads.
        self.pid = os.posix_spawn(
            command[0],
            list(command),
            environment,
            setsid=True,
            setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, self.name, os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ],
        )
        os.close(slave)

    # What is seen

    @property
    def text(self) -> str:
        """The screen as it was read last."""
        return "\n".join(self._screen.display)

    @property
    def before_cursor(self) -> str:
        """What stands in the cursor's line before the terminal's own cursor, whether that is seen or not."""
        line, cursor = self._screen.buffer[self._screen.cursor.y], self._screen.cursor
        return "".join(line[x].data for x in range(cursor.x))

    def read(self, seconds: float = 0.5) -> bool:
        """Take in what is written within ``seconds``; False at the end, when nobody has the terminal any more."""
        if not self._open:
            return False
        if select.select([self._fd], [], [], seconds)[0]:
            try:
                data = os.read(self._fd, 1 << 16)
            except OSError:  # Linux says so when the other end of a terminal has closed
                return False
            if not data:
                return False
            self.raw += data
            data = UNKNOWN_TO_PYTE.sub(b"", self._held + data)
            unfinished = UNFINISHED.search(data)
            self._held = data[unfinished.start() :] if unfinished else b""
            self._stream.feed(data[: len(data) - len(self._held)])
        return True

    def wait_for(self, what: str | Callable[[str], object]) -> None:
        """Read until the screen shows ``what``."""
        shown = (lambda text: what in text) if isinstance(what, str) else what
        self.wait_until(lambda: shown(self.text), what)

    def wait_until(self, happened: Callable[[], object], what: object = "it") -> None:
        """Read, so that nobody has to wait for the screen, until ``happened()``."""
        until = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < until, f"{what!r} did not come:\n{self.text}"
            if not self.read(0.05):
                assert happened(), f"{what!r} did not come before the end:\n{self.text}"
                return

    @property
    def modes(self) -> set[str]:
        """What was switched on and not off again, or off and not on: numbers of DEC modes, ``kitty`` for its keys."""
        on, keys = set(RESTING), 0
        for numbers, switch, kitty in MODE.findall(bytes(self.raw)):
            if kitty:
                keys = max(0, keys + (1 if kitty == b">" else -1))
                continue
            for number in numbers.decode().split(";"):
                (on.add if switch == b"h" else on.discard)(number)
        return set(on ^ RESTING) | ({"kitty"} if keys else set())

    @property
    def attributes(self) -> list[object]:
        """What ``stty`` would say."""
        return termios.tcgetattr(self._fd)

    def is_sane(self) -> None:
        """Make sure that whoever comes next finds the terminal as it was."""
        assert self.modes == set()
        assert self.attributes == self.attributes_before

    # What a person does

    def press(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """The kernel tells whoever is in the foreground."""
        self._screen.resize(rows, columns)
        self._set_size(columns, rows)

    def _set_size(self, columns: int, rows: int) -> None:
        ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hold(self) -> None:
        """Take nothing more of what is written, as a line that is cut off: whoever writes has to wait."""
        descriptor = os.open(self.name, os.O_RDWR | os.O_NOCTTY)
        termios.tcflow(descriptor, termios.TCOOFF)
        os.close(descriptor)

    def hang_up(self) -> None:
        """Close the window."""
        if self._open:
            self._open = False
            os.close(self._fd)

    # The process

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def end(self) -> int:
        """Wait for the process to end; its exit status, or a signal's number, negative."""
        if self._status is None:
            until = time.monotonic() + PATIENCE
            while True:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    break
                assert time.monotonic() < until, f"it does not end:\n{self.text}"
                if not self.read(0.05):
                    time.sleep(0.01)
            self._status = os.waitstatus_to_exitcode(status)
            while self._open and select.select([self._fd], [], [], 0)[0] and self.read(0):
                pass
        return self._status

    def clear_up(self) -> None:
        """Leave no process of the terminal's session, and no descriptor."""
        for pid in session_of(self.pid) | ({self.pid} if self._status is None else set()):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if self._status is None:
            with contextlib.suppress(ChildProcessError):
                self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.hang_up()


def processes() -> dict[int, tuple[str, int, int]]:
    """State, parent and session of every process that this machine shows."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, parent, _group, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
                found[int(entry.name)] = (state, int(parent), int(session))
    return found


def session_of(pid: int) -> set[int]:
    """Living processes of the session that ``pid`` leads."""
    return {one for one, (state, _parent, session) in processes().items() if session == pid and state != "Z"}


def descendants(pid: int) -> set[int]:
    """Every living process below ``pid``."""
    parents = {one: parent for one, (state, parent, _session) in processes().items() if state != "Z"}
    found: set[int] = set()
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent == pid or parent in found} - found
        found |= more
        grown = bool(more)
    return found


def wait_until_gone(pids: Iterable[int]) -> None:
    """Wait for processes that are nobody's children here to end."""
    until = time.monotonic() + PATIENCE
    while left := {pid for pid in pids if state_of(pid) not in ("", "Z")}:
        assert time.monotonic() < until, f"{left} do not end"
        time.sleep(0.02)


def state_of(pid: int) -> str:
    """What the kernel says of a process: R, S, T (stopped), …; empty where there is none."""
    return processes().get(pid, ("", 0, 0))[0]


def environment_for(folder: Path, **more: str) -> dict[str, str]:
    """What a terminal's shell would have, with every place of the learner's in ``folder``."""
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TUTOR_CONFIG": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_STATE_HOME": str(folder / "state"),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)]),
        **more,
    }
    for name in ("VISUAL", "NO_COLOR", "COLUMNS", "LINES", "COLORTERM", "TMUX"):
        environment.pop(name, None)
    return environment
