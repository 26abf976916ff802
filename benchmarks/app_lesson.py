"""From a key to a lesson that can be read: every exercise of the built-in pack, in both languages, in the real app.

Rerun with ``python benchmarks/app_lesson.py``. The app runs in a pseudo-terminal. The time of one opening runs from
the key being written to the terminal to the output that completes the lesson's part of the screen; which part that is,
and what it holds in the end, is read off the screen once it stands still. Starting the engine and preparing the grader
go on beside it, as they do for a learner.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyte

from tutor.catalog import builtin_pack, load_pack

QUIET = 0.7
"""Seconds without output after which the screen is taken to stand still."""
LIMIT = 30.0
"""Seconds after which it is not waited for any longer."""
LESSON_COLUMNS = 50
"""Columns, from the left, that belong to the lesson in every layout from 80 columns on."""


@dataclass(frozen=True)
class Openings:
    """Seconds from key to lesson, over all lessons."""

    language: str
    size: str
    count: int
    median: float
    p95: float
    worst: float


class Terminal:
    """The app in a pseudo-terminal."""

    def __init__(self, columns: int, lines: int, environment: dict[str, str]) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-m", "tutor"], environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)

    def press(self, key: bytes) -> list[tuple[float, bytes]]:
        """What is written after ``key``, each piece with the seconds since it, until nothing comes any more."""
        started = time.perf_counter()
        os.write(self.terminal, key)
        return [(when - started, piece) for when, piece in self._until_quiet()]

    def type(self, key: bytes) -> None:
        for _when, piece in self.press(key):
            self.stream.feed(piece)

    def wait(self) -> None:
        select.select([self.terminal], [], [], LIMIT)
        for _when, piece in self._until_quiet():
            self.stream.feed(piece)

    def _until_quiet(self) -> Iterator[tuple[float, bytes]]:
        limit = time.perf_counter() + LIMIT
        while time.perf_counter() < limit and select.select([self.terminal], [], [], QUIET)[0]:
            piece = os.read(self.terminal, 1 << 16)
            yield time.perf_counter(), piece

    def lesson(self) -> list[str]:
        """The part of the screen that belongs to the lesson: without heading, status and keys."""
        rows = range(3, self.screen.lines - 4)
        return ["".join(self.screen.buffer[y][x].data for x in range(LESSON_COLUMNS)) for y in rows]

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGTERM)
        with contextlib.suppress(OSError):
            while os.read(self.terminal, 1 << 16):
                pass
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


def opening(terminal: Terminal, key: bytes) -> tuple[float, str]:
    """Seconds from ``key`` until what it opens stands on the screen, and what that is."""
    shown = []
    for when, piece in terminal.press(key):
        terminal.stream.feed(piece)
        shown.append((when, terminal.lesson()))
    final = shown[-1][1] if shown else terminal.lesson()
    return next((when for when, lesson in shown if lesson == final), 0.0), squeezed("".join(final))


def squeezed(text: str) -> str:
    return re.sub(r"[\s*`#]+", "", text)


def openings(language: str, size: tuple[int, int], rounds: int) -> list[float]:
    """Seconds for every lesson of the built-in pack, ``rounds`` times over."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "config").mkdir()
        settings = {"language": language, "workspace": str(place / "files")}
        (place / "config" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        environment = os.environ | {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "TUTOR_CONFIG": str(place / "config"),
            "TUTOR_DATA": str(place / "data"),
            "TUTOR_WORKSPACE": str(place / "files"),
            "XDG_CACHE_HOME": str(place / "cache"),
        }
        exercises = load_pack(builtin_pack()).exercises
        titles = {squeezed(exercise.lesson(language).splitlines()[0])[:20] for exercise in exercises}
        for _round in range(rounds):
            terminal = Terminal(*size, environment)
            try:
                terminal.wait()
                waiting = set(titles)
                downs = 0
                while waiting:
                    terminal.type(b"\x1b[H" + b"\x1b[B" * downs)
                    seconds, text = opening(terminal, b"\r")
                    title = next((title for title in titles if title in text), None)
                    if title is None:  # a heading of the list, which has been folded
                        terminal.type(b"\r")
                    else:
                        if title in waiting:
                            found.append(seconds)
                        waiting.discard(title)
                        terminal.type(b"\x1b")
                    downs += 1
            finally:
                terminal.close()
    return found


def measure(rounds: int, sizes: tuple[tuple[int, int], ...] = ((80, 24), (120, 40))) -> list[Openings]:
    """One row for each language and size."""
    rows = []
    for language in ("en", "ja"):
        for size in sizes:
            seconds = openings(language, size, rounds)
            p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
            rows.append(
                Openings(
                    language,
                    f"{size[0]}x{size[1]}",
                    len(seconds),
                    round(statistics.median(seconds), 4),
                    round(p95, 4),
                    round(max(seconds), 4),
                )
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print a list of objects instead of a table")
    parser.add_argument("--rounds", type=int, default=3, help="how often each lesson is opened (default 3)")
    arguments = parser.parse_args()
    rows = measure(arguments.rounds)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    print(f"{'lesson, key to paint':<22}{'opened':>8}{'median':>10}{'p95':>10}{'worst':>10}")
    for row in rows:
        name = f"{row.language} {row.size}"
        print(f"{name:<22}{row.count:>8}{row.median * 1e3:>7.0f} ms{row.p95 * 1e3:>7.0f} ms{row.worst * 1e3:>7.0f} ms")


if __name__ == "__main__":
    main()
