"""What the built-in editor does with text, without a screen: bytes and back, indents, comments, finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.app import highlighting
from tutor.app.buffer import Form, NotEditable, change, clean, decode, encode
from tutor.app.typing_code import (
    backspace,
    commented,
    dedented,
    find,
    find_all,
    followed,
    indented,
    next_indentation,
)


class TestBuffer:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"x",
            b"x\n",
            b"a\r\nb\r\n",
            b"a\r\nb",
            b"a\rb\r",
            b"\xef\xbb\xbfx = 1\n",
            "値 = 1\n".encode(),
            b"\n\n\n",
        ],
    )
    def test_what_was_not_edited_comes_back_to_the_byte(self, content: bytes) -> None:
        assert encode(*decode(content, "x.py")) == content

    @given(
        st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]))), st.sampled_from(["\n", "\r\n"])
    )
    def test_any_text_does(self, lines: list[str], newline: str) -> None:
        content = newline.join(lines).encode()
        text, form = decode(content, "x.py")
        assert encode(text, form) == content
        assert "\r" not in text

    def test_an_edit_keeps_the_ends_of_lines(self) -> None:
        text, form = decode(b"a\r\nb\r\n", "x.py")
        assert encode(text + "c\n", form) == b"a\r\nb\r\nc\r\n"

    def test_mixed_ends_of_lines_are_known(self) -> None:
        text, form = decode(b"a\r\nb\nc\n", "x.py")
        assert form == Form("\n", mixed=True)
        assert encode(text, form) == b"a\nb\nc\n"

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"a\n\xe9 = 1\n", r"x\.py is not UTF-8 \(line 2\)"),
            ("値".encode("utf-16"), "not UTF-8"),
            (b"a\nb\x0c\n", r"U\+000C in line 2"),
            (b"\x1b[31m", r"U\+001B in line 1"),
            ("a\u2028b".encode(), r"U\+2028"),
        ],
    )
    def test_what_would_be_lost_is_refused(self, content: bytes, said: str) -> None:
        with pytest.raises(NotEditable, match=said):
            decode(content, "x.py")

    def test_what_is_pasted_is_cleaned(self) -> None:
        assert clean("a\r\nb\rc\x1b[0m\x00") == "a\nb\nc[0m"

    @given(st.text("ab\n", max_size=12), st.text("ab\n", max_size=12))
    def test_a_change_makes_the_one_text_of_the_other(self, before: str, after: str) -> None:
        start, end, text = change(before, after)
        lines = before.split("\n")
        offsets = [sum(len(line) + 1 for line in lines[:row]) + column for row, column in (start, end)]
        assert before[: offsets[0]] + text + before[offsets[1] :] == after

    def test_a_change_is_small(self) -> None:
        assert change("one\ntwo\nthree\n", "one\n2\nthree\n") == ((1, 0), (1, 3), "2")
        assert change("same", "same").text == ""


class TestIndents:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("x = 1", 0),
            ("    x = 1", 4),
            ("def f():", 4),
            ("    def f(self):  # a comment: here", 8),
            ("x = 'a:'", 0),
            ("# note:", 0),
            ("f(", 4),
            ("    f(a, [", 8),
            ("        return x", 4),
            ("    raise ValueError(", 8),
            ("        pass  # later", 4),
            ("    returned = 1", 4),
            ("return", 0),
            ("class A:", 4),
            ("", 0),
            ("    値 = {", 8),
        ],
    )
    def test_after_a_line(self, line: str, expected: int) -> None:
        assert next_indentation(line) == " " * expected

    def test_a_step_of_it_goes_at_once(self) -> None:
        assert backspace("        x", 8) == 4
        assert backspace("      x", 6) == 2
        assert backspace("    x", 5) == 1
        assert backspace("a    ", 5) == 1

    def test_selected_lines(self) -> None:
        assert indented(["a", "", "  b"]) == ["    a", "", "      b"]
        assert dedented(["    a", "", "      b", "  c", "\td", "e"]) == ["a", "", "    b", "c", "d", "e"]

    def test_comments_and_back(self) -> None:
        lines = ["    if x:", "", "        値 = 1"]
        out = commented(lines)
        assert out == ["    # if x:", "", "    #     値 = 1"]
        assert commented(out) == lines
        assert commented(["#a", "b"]) == ["# #a", "# b"]
        assert commented(["", " "]) == ["", " "]


def test_a_line_is_followed_into_another_text() -> None:
    old = ["a", "b", "c", ""]
    assert [followed(old, ["0", "a", "b", "c", "d", ""], row) for row in range(4)] == [1, 2, 3, 5]
    assert followed(old, ["a", "x", "y", "c", ""], 1) == 1
    assert followed(old, ["c", ""], 1) == 0
    assert followed(old, [""], 2) == 0
    assert followed(["x"] * 5000, ["x"] * 10, 4000) == 9


class TestFind:
    LINES = ("alpha Beta", "beta", "ベータ beta")

    def test_capitals_matter_where_they_are_typed(self) -> None:
        assert len(find_all(self.LINES, "beta")) == 3
        assert find_all(self.LINES, "Beta") == [((0, 6), (0, 10))]
        assert find_all(self.LINES, "(") == find_all(self.LINES, "") == []

    def test_onwards_backwards_and_around(self) -> None:
        found = find(self.LINES, "beta", (0, 7))
        assert found == ((1, 0), (1, 4), 2, 3)
        assert found is not None
        assert find(self.LINES, "beta", (2, 5)) == ((0, 6), (0, 10), 1, 3)
        assert find(self.LINES, "beta", (0, 6), backwards=True) == ((2, 4), (2, 8), 3, 3)
        assert find(self.LINES, "beta", (1, 0), backwards=True) == ((0, 6), (0, 10), 1, 3)
        assert find(self.LINES, "gamma", (0, 0)) is None


class TestColours:
    @pytest.mark.parametrize("version", ["0.24.0", "0.26.0", "1.0"])
    def test_only_one_series_will_do(self, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
        monkeypatch.setattr("importlib.metadata.version", lambda _name: version)
        assert f"tree-sitter {version} does not fit" in str(highlighting.missing())

    def test_what_is_not_there_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
        assert "torch-tutor[editor]" in str(highlighting.missing())
