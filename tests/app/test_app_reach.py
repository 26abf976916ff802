"""What reaches a terminal: colours as it has them, the cursor where an input method needs it, and no flood."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminal import Terminal, environment_for

PROGRAM = Path(__file__).with_name("terminal_program.py")
COLOUR = re.compile(rb"\x1b\[([\d;]*)m")
FIRST = "Your first loss"
READY = "Ready: waiting for you to save squared_error.py"
DOWN = "\x1b[B"
PASTE = "\x1b[200~{}\x1b[201~"
Open = Callable[..., Terminal]


@pytest.fixture
def open_terminal(tmp_path: Path) -> Iterator[Open]:
    opened: list[Terminal] = []

    def open_one(*scenes: str, command: list[str] | None = None, **more: str) -> Terminal:
        folder = tmp_path / "learner"
        folder.mkdir(exist_ok=True)
        environment = {name: value for name, value in environment_for(folder).items() if name != "COLORFGBG"} | more
        program = [sys.executable, str(PROGRAM), str(folder), *scenes]
        opened.append(Terminal(command or program, environment))
        return opened[-1]

    yield open_one
    for terminal in opened:
        terminal.clear_up()


def colours(terminal: Terminal) -> set[str]:
    """The kinds of colour that were asked for: ``default``, ``16``, ``256``, ``true``."""
    kinds = set()
    for sequence in COLOUR.findall(bytes(terminal.raw)):
        parts = sequence.decode().split(";")
        while parts:
            part = parts.pop(0)
            if part in ("38", "48"):
                kinds.add("256" if parts[0] == "5" else "true")
                del parts[: 2 if parts[0] == "5" else 4]
            elif part in ("39", "49"):
                kinds.add("default")
            elif part and (30 <= int(part) <= 47 or 90 <= int(part) <= 107):
                kinds.add("16")
    return kinds


def grade(terminal: Terminal) -> None:
    """Open the first exercise and have the stub graded."""
    terminal.wait_for(FIRST)
    terminal.press("\r")
    terminal.wait_for(READY)
    terminal.press("r")
    terminal.wait_for("Not yet: 2 of 4 passed")


class TestColours:
    @pytest.mark.parametrize(
        ("environment", "kinds"),
        [
            ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, {"true"}),
            ({"TERM": "xterm-256color"}, {"256", "16"}),  # of 256, the first 16 are those of the terminal
            ({"TERM": "tmux-256color"}, {"256", "16"}),
            ({"TERM": "screen-256color"}, {"256", "16"}),
            ({"TERM": "xterm-16color"}, {"16", "default"}),
            ({"TERM": "linux"}, {"16", "default"}),
            ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, {"default"}),
        ],
        ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
    )
    def test_a_terminal_gets_the_colours_that_it_has(
        self, open_terminal: Open, environment: dict[str, str], kinds: set[str]
    ) -> None:
        terminal = open_terminal(**environment)
        grade(terminal)
        assert colours(terminal) <= kinds
        assert colours(terminal) & {"true": {"true"}}.get(next(iter(kinds)), kinds)
        for word in ("✓ passed", "✗ failed", "✗ Not yet"):  # and what they say is said without them
            assert word in terminal.text

    def test_a_terminal_of_lines_is_refused_with_a_sentence(self, open_terminal: Open) -> None:
        terminal = open_terminal(command=[sys.executable, "-P", "-m", "tutor"], TERM="dumb")
        assert terminal.end() == 2
        said = "".join(terminal.text.split())  # the terminal breaks lines wherever they end
        assert "TERM=dumb" in said
        assert "tutorlist" in said
        assert b"\x1b[?1049h" not in terminal.raw


class TestTyping:
    def test_the_cursor_is_where_one_types_in_the_search(self, open_terminal: Open) -> None:
        terminal = open_terminal("ja")
        terminal.wait_for("はじめて")
        terminal.press("/")
        terminal.wait_for("題名、トピック")
        typed(terminal, "平均")
        assert_cursor_after(terminal, "平均")

    def test_the_cursor_is_where_one_types_in_the_editor(self, open_terminal: Open) -> None:
        terminal = open_terminal()
        terminal.wait_for(FIRST)
        terminal.press("\r")
        terminal.wait_for(READY)
        terminal.press("E")
        terminal.wait_for("Leave editor")
        typed(terminal, "# 損失を")
        assert_cursor_after(terminal, "# 損失を")

    def test_the_cursor_is_where_one_types_the_folder(self, open_terminal: Open) -> None:
        terminal = open_terminal("first")
        terminal.wait_for("q Quit")
        terminal.press("\t")
        terminal.wait_until(lambda: "q Quit" not in terminal.text, "the focus")  # letters are typed now
        typed(terminal, "/課題")
        assert_cursor_after(terminal, "/課題")

    def test_a_letter_may_come_in_pieces(self, open_terminal: Open) -> None:
        terminal = open_terminal()
        terminal.wait_for(FIRST)
        terminal.press("/")
        for byte in "平均二乗".encode():
            os.write(terminal._fd, bytes([byte]))
            terminal.read(0.01)
        terminal.wait_for("平均二乗")
        terminal.wait_for("1 of 5")

    def test_what_is_pasted_is_text_and_no_keys(self, open_terminal: Open) -> None:
        terminal = open_terminal()
        terminal.wait_for(FIRST)
        terminal.press("/")
        pasted = PASTE.format("q平均")
        for byte in pasted.encode():
            os.write(terminal._fd, bytes([byte]))
        terminal.wait_for("q平均")

    def test_a_whole_file_can_be_pasted_into_the_editor(self, open_terminal: Open, tmp_path: Path) -> None:
        terminal = open_terminal()
        terminal.wait_for(FIRST)
        terminal.press("\r")
        terminal.wait_for(READY)
        terminal.press("E")
        terminal.wait_for("Leave editor")
        text = "# 良い good\n" + "".join(f"x{n} = '行 {n}'\n" for n in range(200))
        terminal.press(PASTE.format(text))
        terminal.wait_for("行 199")
        terminal.press("\x13")
        terminal.wait_for("Passed: all 4 requirements")
        assert text in (tmp_path / "learner" / "files" / "custom_loss" / "squared_error.py").read_text()


def typed(terminal: Terminal, text: str) -> None:
    """Commit ``text`` as an input method does, and wait until it is seen."""
    terminal.press(text)
    terminal.wait_for(text)


def assert_cursor_after(terminal: Terminal, text: str) -> None:
    """There an input method opens its window."""
    terminal.wait_until(lambda: terminal.before_cursor.endswith(text), f"the cursor after {text}")


class TestLine:
    """Over ssh every byte waits for its turn. What is measured is counted in bytes, not seconds."""

    def test_a_key_costs_little(self, open_terminal: Open) -> None:
        """Of a screen of thirty lines some few are painted."""
        terminal = open_terminal(TERM="xterm-256color")
        terminal.wait_for("Ready.")
        whole = len(terminal.raw)
        before = whole
        while "custom_loss/combined" not in terminal.text:
            before, shown = len(terminal.raw), terminal.text
            terminal.press(DOWN)
            terminal.wait_until(lambda shown=shown: terminal.text != shown, "another row")
        assert len(terminal.raw) - before < whole / 5

    def test_where_it_can_the_terminal_shows_each_frame_at_once(self, open_terminal: Open) -> None:
        terminal = open_terminal()
        terminal.wait_until(lambda: b"\x1b[?2026$p" in terminal.raw, "the question")
        terminal.press("\x1b[?2026;2$y")
        grade(terminal)
        begun, ended = b"\x1b[?2026h", b"\x1b[?2026l"
        terminal.wait_until(lambda: terminal.raw.count(begun) == terminal.raw.count(ended), "the end of the last frame")
        assert begun in terminal.raw
