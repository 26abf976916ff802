"""Speaking two languages on one screen."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


def N_(message: str) -> str:
    """Mark ``message`` for the catalogue without translating it yet: its reader calls ``_`` when it is shown."""
    return message


@runtime_checkable
class Speaking(Protocol):
    """A screen or widget that shows words. The app calls ``say`` again on every one when the language changes."""

    def say(self) -> None:
        """Show every word in the current language, and leave everything else (focus, scrolling, cursor) as it is."""
        ...
