"""Markdown drawn line by line: one widget for a whole page.

Textual's own Markdown is a widget for each block, each with its styles, layout and messages: mounting a lesson of a
screenful took several times as long as everything else on its screen (``benchmarks/app_lesson.py``). It also breaks
Japanese where it must not, cuts off code that is too wide, and knows no equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from tutor.pages.blocks import Block, code_blocks, plain, read
from tutor.pages.layout import laid_out
from tutor.pages.lines import Line, cells

if TYPE_CHECKING:
    from textual.geometry import Size
    from textual.selection import Selection

MEASURE = 100
"""Cells beyond which a line is hard to read: a wider terminal has a margin."""
LOOKS = {
    "bold": "bold",
    "italic": "italic",
    "strike": "strike",
    "code": "$text-warning on $boost",
    "math": "$text-success",
    "equation": "$text-success",
    "link": "underline",
    "dim": "$foreground-muted",
    "mark": "$text-secondary",
    "heading1": "bold underline $text-primary",
    "heading2": "bold $text-primary",
    "heading3": "bold",
    "comment": "italic $foreground-muted",
    "constant": "$text-warning",
    "keyword": "bold $text-accent",
    "string": "$text-success",
    "number": "$text-warning",
    "function": "bold $text-primary",
    "class": "bold $text-primary",
    "builtin": "$text-secondary",
    "decorator": "$text-secondary",
}
"""Textual's styles for the looks of ``tutor.pages``."""
FILLS = {"code": "on $boost"}
CHOSEN = "on $primary 30%"
"""The program that has just been copied."""


class PageText(Widget):
    """A page as long as it is; put it into something that scrolls."""

    DEFAULT_CSS = """
    PageText { height: auto; width: 1fr; }
    """

    def __init__(self, source: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.source = source
        """The Markdown that is shown."""
        self._blocks: tuple[Block, ...] = read(source)
        self._lines: list[Line] = []
        self._width = -1
        self._chosen = -1

    def show(self, source: str, blocks: tuple[Block, ...] | None = None) -> None:
        """Show another page; ``blocks`` where somebody has read it already."""
        self.source = source
        self._blocks = read(source) if blocks is None else blocks
        self._width = -1
        self._chosen = -1
        self.refresh(layout=True)

    def lines(self, width: int | None = None) -> Sequence[Line]:
        """The page laid out for ``width`` cells; as it was laid out last, if that is left out."""
        if width is not None and (width := min(width, MEASURE)) != self._width:
            self._lines, self._width = laid_out(self._blocks, width), width
        return self._lines

    @property
    def programs(self) -> list[str]:
        """Every piece of code on the page that stands on lines of its own."""
        return [code.text for code in code_blocks(self._blocks)]

    def choose(self, program: int) -> None:
        """Highlight one of ``programs``; -1 for none."""
        self._chosen = program
        self.refresh()

    # Drawing

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.lines(width))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self.lines(width)
        base = self.visual_style
        if y >= len(lines):
            return Strip.blank(width, base.rich_style)
        line = lines[y]
        fill = CHOSEN if line.code >= 0 and line.code == self._chosen else FILLS.get(line.fill, "")
        parts = [(span.text, styles_of(span.look)) for span in (*line.lead, *line.spans)]
        if fill:
            parts.append((" " * (min(width, MEASURE) - cells(line.lead) - cells(line.spans)), ""))
        content = Content.assemble(*parts)
        if fill:  # from where the program begins, which may be inside a list
            content = content.stylize_before(fill, len(plain(line.lead[: -line.filled])))
        strip = Strip(self._selected(content, y).render_segments(base))
        return strip.adjust_cell_length(width, base.rich_style).apply_offsets(0, y)

    # What is selected with the mouse

    def _selected(self, content: Content, y: int) -> Content:
        selection = self.text_selection
        span = None if selection is None else selection.get_span(y)
        if span is None:
            return content
        start, end = span
        style = self.screen.get_visual_style("screen--selection")
        return content.stylize(style, start, len(content) if end == -1 else end)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What was selected, without indentation and marks, and with wrapped lines as they were written."""
        text = ""
        for y, line in enumerate(self._lines):
            span = selection.get_span(y)
            if span is None:
                continue
            lead = len(line.shown) - len(line.text)
            start, end = span[0] - lead, (len(line.shown) if span[1] == -1 else span[1]) - lead
            begins = selection.start is None or y > selection.start.y
            text += line.joint if begins and text else ""
            text += (line.mark if start < 0 else "") + line.text[max(start, 0) : max(end, 0)].rstrip(
                " " if line.fill != "code" else ""
            )
        return text, "\n"


@lru_cache(256)
def styles_of(look: str) -> str:
    """The style of all the words of ``look`` together."""
    return " ".join(LOOKS[word] for word in look.split() if word in LOOKS)
