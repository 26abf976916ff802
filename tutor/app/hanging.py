"""Paragraphs whose lines after the first stand under the words, not under the mark before them."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content


def hanging(mark: Content, words: Content, width: int) -> Iterator[Content]:
    """``mark`` and then ``words``, in lines of ``width`` cells."""
    indent = mark.cell_length
    for number, line in enumerate(words.wrap(max(4, width - indent))):
        yield (mark if number == 0 else Content(" " * indent)) + line.rstrip()
