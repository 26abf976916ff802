"""The app as a learner feels it: first paint, keys under load, opening a lesson, a large catalogue; in one run.

Rerun with ``python benchmarks/app.py``. All of it goes through a pseudo-terminal.

* *First paint* is that of ``startup.py``.
* *Key to paint* runs from a key being written to the terminal until what it brings up arrives, for two keys: one that
  moves the cursor in the list, one that shows another pane of an exercise. ``idle``: the engine is ready and does
  nothing. ``all cores busy``: it grades a submission that multiplies matrices in as many threads as the machine has
  cores, without end; that all cores really were busy is checked.
* *Lesson* is that of ``app_lesson.py``.
* *2,000 exercises* is the first paint with 20 packs of 100 exercises beside the built-in one, against that without.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import random
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import app_lesson
import startup
from table import Row, parser, row, show

from tutor.catalog import load_pack

KEYS = 24
"""Keys of a kind in a round."""
LIMIT = 60.0
"""Seconds after which something is not waited for any longer."""
PACKS, TOPICS, EXERCISES = 20, 5, 20
"""Packs, topics of each, exercises of each topic."""
BUSY_LOAD = "all cores busy"
MOST_IDLE = 0.15
"""The share of the time that busy cores may be idle."""
BUSY = """
import torch
from torch import nn

torch.set_num_threads({threads})
matrix = torch.randn(2000, 2000)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        while True:
            matrix @ matrix
"""


@dataclass(frozen=True)
class Keys:
    """Seconds from key to paint."""

    name: str
    count: int
    median: float
    p95: float
    worst: float


class Terminal:
    """The app in a pseudo-terminal of 100 by 30."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, startup.TUTOR, environment | {"COLUMNS": "100", "LINES": "30"})
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))

    def wait_for(self, words: bytes) -> float:
        """The moment at which ``words`` have arrived, counted from now on."""
        seen, limit = b"", time.perf_counter() + LIMIT
        while words not in seen:
            if not select.select([self._terminal], [], [], max(0.0, limit - time.perf_counter()))[0]:
                raise SystemExit(f"{words!r} did not come: {seen[-2000:]!r}")
            seen += os.read(self._terminal, 1 << 16)
        return time.perf_counter()

    def rest(self, seconds: float) -> None:
        """Take in what comes within ``seconds``."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            if select.select([self._terminal], [], [], left)[0]:
                os.read(self._terminal, 1 << 16)

    def press(self, key: bytes) -> None:
        os.write(self._terminal, key)

    def timed(self, key: bytes, words: bytes) -> float:
        """Seconds from ``key`` to ``words``."""
        self.rest(random.uniform(0.03, 0.08))  # so that no key meets the same moment of anything that repeats
        started = time.perf_counter()
        self.press(key)
        return self.wait_for(words) - started

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGTERM)
        with contextlib.suppress(OSError):
            while os.read(self._terminal, 1 << 16):
                pass
        os.close(self._terminal)
        os.waitpid(self.pid, 0)


def key_to_paint(rounds: int) -> list[Keys]:
    """Both keys, with and without load, in turns."""
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        environment = startup.own_environment(place)
        file = place / "files" / "custom_loss" / "squared_error.py"
        for _ in range(rounds):
            file.unlink(missing_ok=True)
            terminal = Terminal(environment)
            try:
                terminal.wait_for(b"Ready.")
                terminal.press(b"\r")
                terminal.wait_for(b"Ready: waiting for you to save")
                terminal.rest(0.5)
                for load in ("idle", BUSY_LOAD):
                    if load == BUSY_LOAD:
                        file.write_text(BUSY.format(threads=os.cpu_count()), encoding="utf-8")
                        terminal.wait_for(b"Grading 1 of 6")
                        terminal.rest(0.5)
                    found.setdefault(f"pane, {load}", []).extend(measured(terminal, PANES, load))
                    if load == BUSY_LOAD:  # once more, or the limit of the exercise would end it too early
                        terminal.press(b"r")
                        terminal.wait_for(b"Grading 1 of 6")
                        terminal.rest(0.5)
                    terminal.press(b"\x1b")
                    terminal.wait_for(b"Two terms, one loss")
                    terminal.press(b"\x1b[H" + 3 * b"\x1b[B")
                    terminal.rest(0.5)
                    found.setdefault(f"cursor, {load}", []).extend(measured(terminal, CURSOR, load))
                    terminal.press(b"\r")
                    terminal.wait_for(b"LogRatioLoss")
            finally:
                terminal.close()
    return [summary(name, seconds) for name, seconds in found.items()]


Pair = tuple[tuple[bytes, bytes], tuple[bytes, bytes]]
PANES: Pair = ((b"3", b"Swapping"), (b"1", b"LogRatioLoss"))
CURSOR: Pair = ((b"\x1b[B", b"Two terms, one loss"), (b"\x1b[A", b"Your first loss"))
"""Keys to be pressed in turns, each with words that only it paints."""


def measured(terminal: Terminal, keys: Pair, load: str) -> list[float]:
    started, idle = time.perf_counter(), idle_seconds()
    found = [terminal.timed(*keys[number % 2]) for number in range(KEYS)]
    share = (idle_seconds() - idle) / (time.perf_counter() - started) / (os.cpu_count() or 1)
    if load == BUSY_LOAD and share > MOST_IDLE:
        raise SystemExit(f"the cores were idle for {share:.0%} of the time in which they were to be busy")
    return found


def idle_seconds() -> float:
    """Seconds that all cores together have been idle since the machine started."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")


def summary(name: str, seconds: list[float]) -> Keys:
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return Keys(name, len(seconds), round(statistics.median(seconds), 4), round(p95, 4), round(max(seconds), 4))


def large_catalogue(rounds: int) -> Row:
    """First paint with 2,000 exercises more, against that of the built-in pack alone, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        alone, many = startup.own_environment(place / "alone"), startup.own_environment(place / "many")
        bytecode = {"PYTHONPYCACHEPREFIX": str(place / "bytecode")}
        alone, many = alone | bytecode, many | bytecode
        packs = [make_pack(place / "packs" / f"pack{number:02}") for number in range(PACKS)]
        (place / "many" / "data").mkdir()
        listed = [{"name": p.name, "kind": "folder", "source": str(p), "folder": str(p)} for p in packs]
        (place / "many" / "data" / "packs.json").write_text(json.dumps({"version": 1, "packs": listed}))
        time.sleep(2.5)  # younger files are not taken for known
        for environment in (alone, many):
            learn_packs(environment)
            startup.first_paint(startup.TUTOR, startup.TITLE, environment)
        few, lots = [], []
        for _ in range(rounds):
            few.append(startup.first_paint(startup.TUTOR, startup.TITLE, alone))
            lots.append(startup.first_paint(startup.TUTOR, startup.TITLE, many))
    return row("first paint, 2,000 exercises", lots, few)


def learn_packs(environment: dict[str, str]) -> None:
    import subprocess

    subprocess.run([*startup.TUTOR, "list"], env=environment, check=True, capture_output=True)


def make_pack(folder: Path) -> Path:
    """A sound pack of 100 exercises."""
    topics = [f"topic{number}" for number in range(TOPICS)]
    names = [f"exercise{number:02}" for number in range(EXERCISES)]
    title = '{{ en = "{0}", ja = "{0}" }}'
    files = {
        "pack.toml": f'format = 1\nname = "{folder.name}"\ntitle = {title.format(folder.name)}\n'
        f'languages = ["en", "ja"]\n\n[[tracks]]\nname = "all"\ntitle = {title.format("All of " + folder.name)}\n'
        f"topics = {json.dumps(topics)}\n"
    }
    for topic in topics:
        files[f"{topic}/topic.toml"] = (
            f"title = {title.format(topic)}\nsummary = {title.format('What it is about')}\n"
            f"exercises = {json.dumps(names)}\n"
        )
        for number, name in enumerate(names):
            here = f"{topic}/{name}"
            files |= {
                f"{here}/exercise.toml": f"title = {title.format(f'Exercise {number} of {topic}')}\ndifficulty = 2\n"
                "minutes = 15\n\n[[requirements]]\n"
                f'test = "test_value"\nsentence = {title.format("The value is right")}\nfaq = "why"\n',
                f"{here}/lesson.md": f"# {name}\n\nA lesson.\n",
                f"{here}/lesson.ja.md": f"# {name}\n\n本文。\n",
                f"{here}/faq.md": "# Questions\n\n## Why? {#why}\n\nBecause.\n",
                f"{here}/faq.ja.md": "# 質問\n\n## なぜですか {#why}\n\n理由です。\n",
                f"{here}/stub.py": "def value():\n    raise NotImplementedError\n",
                f"{here}/test_{name}.py": GRADER,
                f"{here}/mistakes/wrong.py": "# mistake: why\ndef value():\n    return 2\n",
                f"solutions/{here}/solution.py": "def value():\n    return 1\n",
                f"solutions/{here}/explained.md": "Because.\n",
                f"solutions/{here}/explained.ja.md": "理由です。\n",
            }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if len(load_pack(folder).exercises) != TOPICS * EXERCISES:
        raise SystemExit(f"{folder} is not what it should be")
    return folder


GRADER = """from tutor.testing import probe


@probe
def value(submission):
    return submission.value()


def test_value():
    assert value() == 1
"""


def main() -> None:
    arguments = parser(__doc__.splitlines()[0]).parse_args()
    paints = [*startup.measure(arguments.rounds), large_catalogue(arguments.rounds)]
    keys = key_to_paint(arguments.rounds)
    lessons = app_lesson.measure(min(arguments.rounds, 3))
    keys += [Keys(f"lesson, {one.language} {one.size}", one.count, one.median, one.p95, one.worst) for one in lessons]
    if arguments.json:
        print(json.dumps([asdict(one) for one in (*paints, *keys)]))
        return
    show(paints[:-1], False, "tutor", "hello-world Textual")
    print()
    show(paints[-1:], False, "with 20 packs more", "built-in pack alone")
    print()
    print(f"{'key to paint':<28}{'keys':>8}{'median':>10}{'p95':>10}{'worst':>10}")
    for one in keys:
        times = "".join(f"{seconds * 1e3:>7.0f} ms" for seconds in (one.median, one.p95, one.worst))
        print(f"{one.name:<28}{one.count:>8}{times}")


if __name__ == "__main__":
    main()
