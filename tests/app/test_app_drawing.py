"""Textual's own widgets break their lines as pages do."""

from __future__ import annotations

import textual.content
from textual.content import Content

from tutor.app import wrapping
from tutor.app.wrapping import divide_line


def test_textual_asks_here() -> None:
    """The function that is replaced is the one that textual uses: an upgrade that changes this is noticed."""
    before = textual.content.divide_line  # type: ignore[attr-defined]
    try:
        wrapping.install()
        text = "PyTorch の損失は、ほかの層と同じ"
        assert [line.plain.rstrip() for line in Content(text).wrap(14)] == [
            "PyTorch の損失",
            "は、ほかの層と",
            "同じ",
        ]
    finally:
        textual.content.divide_line = before  # type: ignore[attr-defined]


def test_english_is_broken_as_textual_breaks_it() -> None:
    assert divide_line("one two three", 8) == [8]
