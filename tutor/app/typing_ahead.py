"""Keys that arrive together, as over a slow line, reach whom they were meant for, in the order in which they came."""

from __future__ import annotations

from functools import partial
from time import monotonic

from textual import events
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.widget import Widget

PATIENCE = 1.0
"""Seconds for which keys wait. Who had the focus may have gone, and then nothing comes back."""


class CaughtUp(Message):
    """Goes the way of the keys that went to whoever had the focus before, and so comes back after them."""

    def __init__(self, behind: MessagePump) -> None:
        super().__init__()
        self.behind = behind
        """Who had it."""


class TypingAheadApp(App[None]):
    """An app in which one key leads somewhere, and the next is typed before the app has got there.

    Textual hands a key to who has the focus at that moment. What somebody has no use for comes back to the app, by one
    message queue after the other; meanwhile a later key would be there already.
    """

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._typed_into: tuple[Widget | None, float] = None, 0.0
        """Who was given the focus last, and when."""
        self._behind: list[MessagePump] = []
        """Those from whom keys may still come back."""
        self._held: list[events.Event] = []
        """Keys that wait for those."""

    def type_into(self, widget: Widget) -> None:
        """Give the focus to ``widget`` at once, and what was typed after the key that led here but came before it."""
        before = self.focused
        self.screen.set_focus(widget)
        self._go_on_from(before)

    def action_focus_next(self) -> None:
        before = self.focused
        super().action_focus_next()
        self._go_on_from(before)

    def action_focus_previous(self) -> None:
        before = self.focused
        super().action_focus_previous()
        self._go_on_from(before)

    def _go_on_from(self, before: Widget | None) -> None:
        self._typed_into = self.focused, monotonic()
        behind = before or self.screen
        if behind is not self.focused:
            self._behind.append(behind)
            behind.post_message(CaughtUp(behind))
            self.set_timer(PATIENCE, partial(self._caught_up, behind))

    async def on_event(self, event: events.Event) -> None:
        waits = bool(self._behind or self._held)
        if waits and isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._held.append(event)
        else:
            await super().on_event(event)

    async def on_caught_up(self, message: CaughtUp) -> None:
        await self._caught_up(message.behind)

    async def _caught_up(self, behind: MessagePump) -> None:
        if behind in self._behind:
            self._behind.remove(behind)
        while self._held and not self._behind:
            await super().on_event(self._held.pop(0))

    def _meant_for(self, event: events.Key | events.Paste) -> Widget | None:
        """Who now has the focus, if ``event`` went to whoever had it before, who had no use for it."""
        widget, since = self._typed_into
        return widget if widget is not None and widget is self.focused and event.time < since else None

    def on_key(self, event: events.Key) -> None:
        widget = self._meant_for(event)
        if widget is not None:
            event.prevent_default()  # or it would be a key of the screen's
            widget.post_message(events.Key(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        widget = self._meant_for(event)
        if widget is not None:
            widget.post_message(events.Paste(event.text))
