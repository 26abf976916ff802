"""The app in a real terminal: what a headless run cannot show. The session is still the fake."""

from __future__ import annotations

import contextlib
import os
import resource
import shlex
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminal import Terminal, descendants, environment_for, processes, state_of, wait_until_gone
from terminal_program import SECRET

PROGRAM = Path(__file__).with_name("terminal_program.py")
Open = Callable[..., Terminal]
FIRST = "Your first loss"
READY = "Ready: waiting for you to save squared_error.py"


@pytest.fixture
def learner(tmp_path: Path) -> Path:
    folder = tmp_path / "learner"
    folder.mkdir()
    return folder


@pytest.fixture
def editor(tmp_path: Path) -> Path:
    """Asks before it writes, as a person would take a while."""
    script = tmp_path / "editor.sh"
    script.write_text(
        "#!/bin/sh\ntrap 'echo CAUGHT' INT QUIT\necho EDITING\n"
        'answer=\nwhile test -z "$answer"; do read answer; done\n'
        'printf %s "$answer" > "$1"\ntest "$answer" != bad\n'
    )
    script.chmod(0o755)
    return script


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.clear_up()


@pytest.fixture
def open_terminal(terminals: list[Terminal], learner: Path, editor: Path) -> Open:
    """Opens a terminal with the app in it, or with ``command``."""

    def open_one(*scenes: str, command: list[str] | None = None, **more: str) -> Terminal:
        # By its name alone: what is said of the editor then fits on one line of the screen, wherever the test runs.
        environment = environment_for(learner, EDITOR=editor.name, **more)
        environment["PATH"] = f"{editor.parent}{os.pathsep}{environment['PATH']}"
        terminals.append(Terminal(command or app_command(learner, *scenes), environment))
        return terminals[-1]

    return open_one


def app_command(learner: Path, *scenes: str) -> list[str]:
    return [sys.executable, str(PROGRAM), str(learner), *scenes]


def learners_file(learner: Path) -> Path:
    return learner / "files" / "custom_loss" / "squared_error.py"


def open_exercise(terminal: Terminal) -> None:
    terminal.wait_for(FIRST)
    terminal.press("\r")
    terminal.wait_for(READY)


def test_the_editor_gets_the_terminal_and_the_app_takes_it_back(open_terminal: Open, learner: Path) -> None:
    terminal = open_terminal()
    open_exercise(terminal)
    terminal.press("e")
    terminal.wait_for("EDITING")
    terminal.is_sane()
    terminal.press("bad\n")
    terminal.wait_for("ended with status 1")
    terminal.wait_for("Not yet: 2 of 4 passed")
    terminal.press("e")
    terminal.wait_for("EDITING")
    for key in ("\x03", "\x1c"):  # meant for the editor, though the tutor is in the foreground as well
        caught = terminal.raw.count(b"CAUGHT")
        terminal.press(key)
        terminal.wait_until(lambda caught=caught: terminal.raw.count(b"CAUGHT") > caught, "CAUGHT")
    terminal.press("good\n")
    terminal.wait_for("Passed: all 4 requirements")
    terminal.press("q")
    assert terminal.end() == 0
    terminal.is_sane()
    assert (learner / "closed").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_ends_the_app_as_a_key_does(open_terminal: Open, learner: Path, number: signal.Signals) -> None:
    terminal = open_terminal()
    terminal.wait_for(FIRST)
    terminal.signal(number)
    assert terminal.end() == 128 + number
    terminal.is_sane()
    assert (learner / "closed").exists()


def test_who_is_woken_while_leaving_leaves(open_terminal: Open, learner: Path) -> None:
    """A terminal's multiplexer sends SIGHUP and then SIGCONT: the second one took the terminal up again, for ever."""
    terminal = open_terminal("woken")
    terminal.wait_for(FIRST)
    terminal.signal(signal.SIGHUP)
    assert terminal.end() == 128 + signal.SIGHUP
    terminal.is_sane()
    assert (learner / "closed").exists()


def test_to_the_shell_and_back(open_terminal: Open, learner: Path) -> None:
    # The tutor as somebody's child in a job: all of the job has to stop, or the shell gets no prompt.
    program = f"{shlex.join(app_command(learner))}; true"
    shell = open_terminal(command=["/bin/bash", "--norc", "--noprofile", "-i"], PS1="PROMPT> ")
    shell.wait_for("PROMPT>")
    shell.press(" bind 'set enable-bracketed-paste off'\r")
    shell.wait_for("paste off'")
    shell.press(f" sh -c {shlex.quote(program)}\r")
    open_exercise(shell)
    (job,) = (pid for pid, (_state, parent, _session) in processes().items() if parent == shell.pid)
    (app,) = (pid for pid, (_state, parent, _session) in processes().items() if parent == job)

    shell.press("\x1a")
    shell.wait_for("Stopped")
    shell.wait_until(lambda: state_of(app) == "T")
    assert shell.modes == set()
    learners_file(learner).write_bytes(b"good")
    shell.press("fg\r")
    shell.wait_for("Passed: all 4 requirements")

    os.kill(app, signal.SIGSTOP)  # somebody else stops it: nothing was put right, and the shell uses the terminal
    shell.wait_until(lambda: state_of(app) == "T")
    stopped = shell.raw.count(b"Stopped")
    os.kill(job, signal.SIGSTOP)
    shell.wait_until(lambda: b"PROMPT>" in shell.raw.split(b"Stopped")[-1] and shell.raw.count(b"Stopped") > stopped)
    shell.press("clear; echo six times seven is $((6*7)).\r")
    shell.wait_for("seven is 42.")
    shell.raw.clear()
    shell.press("fg\r")
    shell.wait_until(lambda: b"Passed: all 4" in shell.raw.partition(b"\x1b[?1049h")[2])  # taken up anew, and painted
    shell.press("q")
    shell.wait_until(lambda: app not in processes())
    shell.wait_until(lambda: shell.modes == set())
    shell.press("stty -a\r")
    shell.wait_for("isig icanon")


def test_without_a_shell_there_is_no_leaving(open_terminal: Open) -> None:
    terminal = open_terminal()
    terminal.wait_for(FIRST)
    terminal.press("\x1a")
    terminal.wait_for("There is no shell to go back to")
    terminal.press("q")
    assert terminal.end() == 0


@pytest.mark.parametrize("told", [True, False], ids=["told", "not told"])
def test_a_closed_window_ends_the_app(open_terminal: Open, learner: Path, told: bool) -> None:
    """Not told: the signal went to whoever led the session, and reached nobody else."""
    command = ["/bin/sh", "-c", f"trap '' HUP; setsid --wait {shlex.join(app_command(learner))}; true"]
    terminal = open_terminal(command=None if told else command)
    terminal.wait_for(FIRST)
    (app,) = (pid for pid in {terminal.pid, *descendants(terminal.pid)} if command_of(pid).startswith(sys.executable))
    terminal.hang_up()
    wait_until_gone([app])
    assert (learner / "closed").exists()


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def test_a_terminal_that_nobody_reads_keeps_nothing_for_ever(open_terminal: Open) -> None:
    terminal = open_terminal("impatient")
    terminal.wait_for(FIRST)
    terminal.hold()
    for number in range(40):
        terminal.resize(60 + number, 30)
    terminal.signal(signal.SIGTERM)
    assert terminal.end() == 128 + signal.SIGTERM
    assert terminal.attributes == terminal.attributes_before


def test_a_disk_that_hangs_is_said_and_keeps_nobody_from_leaving(open_terminal: Open) -> None:
    terminal = open_terminal("hangs", "impatient")
    terminal.wait_for(FIRST)
    terminal.press("\r")
    terminal.wait_for("The disk does not answer")
    terminal.press("?")  # the screen lives
    terminal.wait_for("Keys")
    terminal.press("\x1b")
    terminal.press("\x11")
    assert terminal.end() == 0
    terminal.is_sane()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_mistake_of_the_tutors_own_is_said_and_logged(open_terminal: Open, learner: Path, language: str) -> None:
    terminal = open_terminal("fails", language)
    terminal.wait_for("▰")
    terminal.press("\x1bOQ")
    assert terminal.end() == 2
    terminal.is_sane()
    (log,) = (learner / "state" / "torch-tutor").glob("crash-*.log")
    said = terminal.raw[terminal.raw.rindex(b"\x1b[") :].decode()
    assert "LookupError: no such thing" in said
    assert str(log) in said
    assert {"en": "The tutor itself failed", "ja": "終了しました"}[language] in said
    written = log.read_text(encoding="utf-8")
    assert "in fail" in written
    assert SECRET not in written


def test_a_terminal_of_any_size(open_terminal: Open, learner: Path) -> None:
    terminal = open_terminal()
    open_exercise(terminal)
    learners_file(learner).write_bytes(b"good")
    for number in range(60):
        terminal.resize((1, 3, 10, 20, 200, 47)[number % 6], (1, 60, 3, 24)[number % 4])
        terminal.read(0.01)
    terminal.resize(26, 6)
    terminal.wait_for("This terminal is too")
    terminal.resize(10, 3)
    terminal.wait_for("Too small")
    terminal.resize(100, 30)
    terminal.wait_for("Passed: all 4 requirements")
    terminal.press("q")
    assert terminal.end() == 0
    terminal.is_sane()


def test_two_tutors_on_one_folder(open_terminal: Open, learner: Path) -> None:
    first = open_terminal("disk")
    first.wait_for(FIRST)
    second = open_terminal("disk")
    second.wait_for("Another tutor is open on this folder")
    assert "Another tutor" not in first.text
    first.press("\r")
    first.wait_for(READY)
    second.wait_for("started")
    learners_file(learner).write_bytes(b"bad")
    first.wait_for("Not yet: 2 of 4 passed")
    second.wait_for("not yet")
    learners_file(learner).write_bytes(b"good")
    first.wait_for("Passed: all 4 requirements")
    second.wait_for("✓ passed")
    for terminal in (first, second):
        terminal.press("q")
        assert terminal.end() == 0
        terminal.is_sane()


def test_a_full_disk_is_said_and_made_up_for(open_terminal: Open, learner: Path) -> None:
    terminal = open_terminal("disk")
    open_exercise(terminal)
    file = learners_file(learner)
    file.write_bytes(b"bad")
    terminal.wait_for("Not yet: 2 of 4 passed")
    # No file of the tutor's can grow any more: the system refuses as it does where the disk is full.
    resource.prlimit(terminal.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    file.write_bytes(b"good")
    terminal.wait_for("Passed: all 4 requirements")
    terminal.wait_for("in memory only")
    terminal.press("R")
    terminal.wait_for("Start again from the stub?")
    terminal.press("y")
    terminal.wait_for("(File too large)")  # why there was no reset
    assert file.read_bytes() == b"good"
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert attempts(learner) == ["failed"]

    resource.prlimit(terminal.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    terminal.wait_until(lambda: attempts(learner) == ["failed", "passed"])
    terminal.wait_for(lambda text: "in memory only" not in text)
    terminal.press("q")
    assert terminal.end() == 0
    terminal.is_sane()


def attempts(learner: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(learner / "files" / ".tutor" / "progress.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [verdict for (verdict,) in connection.execute("SELECT verdict FROM attempts ORDER BY id")]
