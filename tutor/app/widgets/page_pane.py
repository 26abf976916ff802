"""A page to read: what is on it comes from disk, is taken apart in a thread, and drawn when it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.containers import VerticalScroll

from tutor.app.copying import copy, said
from tutor.app.widgets.page_text import PageText
from tutor.app.widgets.pane import Pane
from tutor.pages.blocks import read

if TYPE_CHECKING:
    from tutor.pages.blocks import Block

FLASH = 1.5
"""Seconds for which a program that was copied is highlighted."""


class Place(NamedTuple):
    """A place on a page that is the same one at another width, and in another language."""

    block: int
    of: int
    """How many blocks there are."""
    way: float
    """How far down that block."""


class PagePane(Pane, VerticalScroll):
    """A page of Markdown that is read from disk by ``read``, again for each language."""

    DEFAULT_CSS = """
    PagePane { scrollbar-gutter: stable; }
    """
    # Otherwise a page is laid out for its full width, and once more when that turns out to need a scrollbar.

    EARLY: ClassVar[bool] = True
    """Whether it is read while the screen is still being put together."""

    def __init__(self, read: Callable[[], str], *, id: str) -> None:
        self.text = PageText()
        super().__init__(self.text, id=id)
        self.filled = asyncio.Event()
        """Set once there is something to be read."""
        self._read = read
        self._place = Place(0, 0, 0.0)
        self._laid_out_for = -1
        """The width for which ``_place`` holds: while it differs from the page's, the page is being laid out anew."""
        self._copied = -1
        self._early = asyncio.get_running_loop().run_in_executor(None, self._taken_apart) if self.EARLY else None

    def on_mount(self) -> None:
        if self._early is not None and self._early.done():  # so that the first paint of the screen shows it
            self.text.show(*self._early.result())
            self._early = None
            self.filled.set()
        else:
            self.say()

    def say(self) -> None:
        self.run_worker(self._load(), exclusive=True)

    async def _load(self) -> None:
        early, self._early = self._early, None
        source, blocks = await (early or asyncio.to_thread(self._taken_apart))
        place = self._place
        self.text.show(source, blocks)
        self.filled.set()
        self._copied = -1
        if self.scroll_y:
            self.call_after_refresh(self._go_to, place)

    def _taken_apart(self) -> tuple[str, tuple[Block, ...]]:
        try:
            source = self._read()
        except OSError as error:
            source = f"`{error}`"
        return source, read(source)

    # Staying where one is

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self.is_mounted and self.text.size.width == self._laid_out_for:
            self._place = self._place_at(round(new_value))

    def on_resize(self) -> None:
        self.call_after_refresh(self._laid_out_anew)

    def _laid_out_anew(self) -> None:
        if self.text.size.width != self._laid_out_for:
            self._laid_out_for = self.text.size.width
            self._go_to(self._place)

    def _place_at(self, y: int) -> Place:
        lines = self.text.lines()
        if not 0 < y < len(lines):
            return Place(0, 0, 0.0)
        block = lines[y].block
        ys = [number for number, line in enumerate(lines) if line.block == block]
        return Place(block, lines[-1].block, (y - ys[0]) / len(ys))

    def _go_to(self, place: Place) -> None:
        lines = self.text.lines()
        if not lines or place == Place(0, 0, 0.0):
            return
        blocks = lines[-1].block
        # Where there are as many blocks it is the same one; otherwise the one that is as far down.
        block = place.block if blocks == place.of else round(place.block / max(place.of, 1) * blocks)
        ys = [number for number, line in enumerate(lines) if line.block == block] or [0]
        self.scroll_to(y=ys[0] + round(place.way * len(ys)), animate=False, force=True)

    # Copying code

    async def copy_code(self) -> None:
        """Copy the piece of code that is in sight; the next one, if that was copied last."""
        programs = self.text.programs
        if not programs:
            self.notify(said(None, 0, 0))
            return
        number = self._next_program(len(programs))
        self._copied = number
        self.text.choose(number)
        self.set_timer(FLASH, lambda: self.text.choose(-1))
        arrived = await copy(self.app, programs[number])
        self.notify(said(programs[number], number, len(programs), in_doubt=not arrived), markup=False)

    def _next_program(self, total: int) -> int:
        seen = list(self._programs_in_sight())
        if self._copied in seen or (self._copied >= 0 and not seen):
            return (self._copied + 1) % total
        return seen[0] if seen else 0

    def _programs_in_sight(self) -> Iterator[int]:
        top, bottom = round(self.scroll_y), round(self.scroll_y) + self.size.height
        for number in range(len(self.text.programs)):
            if any(line.code == number for line in self.text.lines()[top:bottom]):
                yield number
