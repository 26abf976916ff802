"""What lies outside the app and may fail it: the terminal, and the disk. And what to do when the app fails itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from textual import events
from textual.reactive import reactive

from tutor.app.folders import shortened
from tutor.app.typing_ahead import TypingAheadApp
from tutor.locale import _

if TYPE_CHECKING:
    from textual.driver import Driver

T = TypeVar("T")

SMALLEST = (30, 8)
"""Columns and rows below which nothing can be shown that is of any use."""
SLOW = 4.0
"""Seconds after which somebody who waits for the disk is told so."""
SAID = 8.0
"""Seconds that a refusal is shown."""


class HostedApp(TypingAheadApp):
    """An app that outlives what a terminal and a disk may do."""

    trouble: reactive[str] = reactive("", init=False)
    """What is wrong with the learner's folder at present, as a sentence; empty where nothing is."""

    _serial: asyncio.Lock
    _waiting_since: float | None = None
    _last_refusal: tuple[str, float] = ("", 0.0)

    # The terminal

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        from textual.drivers.linux_driver import LinuxDriver

        if found is not LinuxDriver:
            return found  # a browser's
        from tutor.app.driver import TerminalDriver

        return TerminalDriver

    @property
    def in_terminal(self) -> bool:
        """Whether it is shown in a terminal, and not in a browser or a test."""
        from tutor.app.driver import TerminalDriver

        return isinstance(self._driver, TerminalDriver)

    @property
    def lent(self) -> bool:
        """Whether an editor has the terminal at the moment."""
        return getattr(self._driver, "lent", False)

    def action_suspend_process(self) -> None:
        from tutor.app.driver import TerminalDriver

        if not (isinstance(self._driver, TerminalDriver) and self._driver.to_the_shell()):
            self.notify(_("There is no shell to go back to from here."))

    def on_resize(self, event: events.Resize) -> None:
        self.fit(event.size.width, event.size.height)

    def fit(self, columns: int, rows: int) -> None:
        """Say so where the terminal has become too small; the screen that says it goes by itself."""
        if columns < SMALLEST[0] or rows < SMALLEST[1]:
            from tutor.app.screens.too_small import TooSmallScreen

            if not any(isinstance(screen, TooSmallScreen) for screen in self.screen_stack):
                self.push_screen(TooSmallScreen(*SMALLEST))

    # The disk

    async def disk(self, call: Callable[..., T], *arguments: object) -> T:
        """Make a blocking call in a thread, after those before it have returned. What takes long is said."""
        if not hasattr(self, "_serial"):
            self._serial = asyncio.Lock()
        async with self._serial:
            slow = asyncio.get_running_loop().call_later(SLOW, self._wait_for_disk)
            try:
                return await asyncio.to_thread(call, *arguments)
            finally:
                slow.cancel()
                self._waiting_since = None
                self.trouble = self.find_trouble()

    async def attempt(self, call: Callable[..., T], *arguments: object) -> T | None:
        """Like ``disk``, but a refusal is shown to the learner, and None comes back."""
        try:
            return await self.disk(call, *arguments)
        except Exception as error:  # its text is a sentence for the learner; the traceback is in the developer's log
            self.log.error(error)
            self.refuse(shortened(str(error) or type(error).__name__))
            return None

    @property
    def disk_is_busy(self) -> bool:
        """Whether somebody waits for the disk right now."""
        return hasattr(self, "_serial") and self._serial.locked()

    def refuse(self, sentence: str) -> None:
        """Show why something cannot be done, unless that stands there already."""
        before, until = self._last_refusal
        if sentence == before and monotonic() < until:
            return  # it stands there
        self._last_refusal = sentence, monotonic() + SAID
        self.notify(sentence, severity="error", timeout=SAID, markup=False)

    def _wait_for_disk(self) -> None:
        self._waiting_since = monotonic()
        self.trouble = self.find_trouble()

    def find_trouble(self) -> str:
        """What is wrong with the learner's folder, as far as it is known without asking the disk."""
        if self._waiting_since is not None:
            return _("The disk does not answer. What you do is kept in mind and done when it answers again.")
        return ""

    # Failures of the app's own

    @property
    def failure(self) -> BaseException | None:
        """What ended the app, where that was a mistake of its own."""
        return getattr(self._exception, "error", self._exception)  # a worker's is wrapped

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        # A traceback with every variable in it, the learner's code among them, is for nobody: see tutor.app.crash.
        if self._exception is not None:
            self._exit_renderables.clear()
        super()._print_error_renderables()
