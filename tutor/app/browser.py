"""A page of `tutor serve` instead of a terminal: Textual's driver for it, made ready for a server that dies."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from textual.drivers.web_driver import WebDriver

from tutor.app.leaving import leave

if TYPE_CHECKING:
    from textual.app import App

SERVER_GONE = 1


class BrowserDriver(WebDriver):
    """Textual's own would live on when nobody is there any more, and the engine with it."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._its_loop = asyncio.get_running_loop()

    def run_input_thread(self) -> None:
        try:
            super().run_input_thread()
        finally:
            if not self.exit_event.is_set():
                self._gone()

    def write(self, data: str) -> None:
        with self._or_gone():
            super().write(data)

    def write_meta(self, data: dict[str, object]) -> None:
        with self._or_gone():
            super().write_meta(data)

    @contextlib.contextmanager
    def _or_gone(self) -> Any:
        try:
            yield
        except BrokenPipeError:
            self._gone()

    def _gone(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            self._its_loop.call_soon_threadsafe(leave, self._app, SERVER_GONE)
