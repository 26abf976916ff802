"""First paint: the tutor against a hello-world Textual app, in turns, in one run, each a process in a pseudo-terminal.

Rerun with ``python benchmarks/startup.py``. The time runs from starting the process to the first screenful that holds
the app's own words: for the tutor, the titles of exercises. Both sides have their bytecode, as after an installation.
The first row is any start but the very first; in the second, nothing is known of the packs from an earlier start.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

from table import Row, parser, row, show

TUTOR = [sys.executable, "-m", "tutor"]
TITLE = b"squared error"
"""What the tutor's first paint is known by."""

HELLO = """
from textual.app import App
from textual.widgets import Static

class Hello(App):
    def compose(self):
        yield Static("Hello, world")

Hello().run()
"""


def first_paint(command: list[str], words: bytes, environment: dict[str, str]) -> float:
    """Seconds from start to ``words`` on the screen; the process is ended afterwards."""
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(command[0], command, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    seen = b""
    try:
        while words not in seen:
            if not select.select([terminal], [], [], 30.0)[0]:
                raise SystemExit(f"{command} showed nothing for 30 s: {seen[-500:]!r}")
            seen += os.read(terminal, 1 << 16)
        return time.perf_counter() - started
    finally:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)
        # The screen must be read, or the app could not finish writing its goodbye.
        with contextlib.suppress(OSError):
            while os.read(terminal, 1 << 16):
                pass
        os.close(terminal)
        os.waitpid(pid, 0)


def own_environment(place: Path) -> dict[str, str]:
    """Nothing of the person who measures is read or changed; the bytecode is kept, as after an installation."""
    environment = os.environ | {
        "TERM": "xterm-256color",
        "COLUMNS": "120",
        "LINES": "40",
        "LANG": "C.UTF-8",
        "TUTOR_CONFIG": str(place / "config"),
        "TUTOR_DATA": str(place / "data"),
        "TUTOR_WORKSPACE": str(place / "files"),
        "XDG_CACHE_HOME": str(place / "cache"),
        "PYTHONPYCACHEPREFIX": str(place / "bytecode"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    (place / "config").mkdir(parents=True, exist_ok=True)
    settings = f'{{"language": "en", "workspace": "{place / "files"}"}}'
    (place / "config" / "settings.json").write_text(settings, encoding="utf-8")
    return environment


def measure(rounds: int) -> list[Row]:
    """The rows of the table, measured in turns."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        hello = place / "hello.py"
        hello.write_text(HELLO, encoding="utf-8")
        environment = own_environment(place)
        other = [sys.executable, str(hello)]
        for command, words in ((TUTOR, TITLE), (other, b"Hello, world")):
            first_paint(command, words, environment)
        known, unknown, theirs = [], [], []
        for number in range(rounds):
            known.append(first_paint(TUTOR, TITLE, environment))
            theirs.append(first_paint(other, b"Hello, world", environment))
            empty = {"XDG_CACHE_HOME": str(place / f"empty{number}")}
            unknown.append(first_paint(TUTOR, TITLE, environment | empty))
    return [row("first paint", known, theirs), row("first paint, packs unknown", unknown, theirs)]


def main() -> None:
    arguments = parser(__doc__.splitlines()[0]).parse_args()
    show(measure(arguments.rounds), arguments.json, "tutor", "hello-world Textual")


if __name__ == "__main__":
    main()
