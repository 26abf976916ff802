"""A page to read. Its Markdown is mounted after the screen has been painted: nothing else on it costs as much."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.containers import VerticalScroll

from tutor.app.reading import join_wrapped


class PagePane(VerticalScroll):
    """A page of Markdown that is read from disk by ``read``, again for each language."""

    DEFAULT_CSS = """
    PagePane {
        Markdown { height: auto; padding: 0 1; margin: 0; background: transparent; }
        MarkdownH1 { margin: 0 0 1 0; content-align: left middle; }
        MarkdownH2 { margin: 1 0; }
        MarkdownFence { overflow-x: hidden; }
        MarkdownFence > Label { width: 1fr; padding: 0 1; }
    }
    """

    def __init__(self, read: Callable[[], str], *, id: str) -> None:
        super().__init__(id=id)
        self._read = read

    def on_mount(self) -> None:
        self.call_after_refresh(self.say)

    def say(self) -> None:
        self.run_worker(self._load(), exclusive=True)

    async def _load(self) -> None:
        from textual.widgets import Markdown

        try:
            page = await asyncio.to_thread(self._read)
        except OSError as error:
            page = f"`{error}`"
        page = await asyncio.to_thread(join_wrapped, page)
        shown = self.query(Markdown)
        if not shown:
            await self.mount(Markdown(page, open_links=False))
            return
        # Two languages differ in length: the same part of the way down is the same place.
        way = self.scroll_y / self.max_scroll_y if self.max_scroll_y else 0.0
        await shown.first().update(page)
        self.call_after_refresh(lambda: self.scroll_to(y=way * self.max_scroll_y, animate=False))
