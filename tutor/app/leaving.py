"""Leaving, from inside or because of a signal, and the last resort where that gets stuck."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

LAST_RESORT = 6.0
"""Seconds that an end may take: a terminal that nobody reads, a disk that hangs must not keep the process for ever."""

_armed: threading.Timer | None = None
_terminal: tuple[int, list[Any]] | None = None


def terminal_taken(descriptor: int, attributes: list[Any]) -> None:
    """The terminal is the app's; ``attributes`` are those that it had before."""
    global _terminal
    _terminal = descriptor, attributes


def leave(app: App[Any], status: int) -> None:
    """End the app as its key does, with ``status`` for the process. From the event loop's thread."""
    end_soon(status)
    app.exit(return_code=status)


def end_soon(status: int) -> None:
    """See to it that the process ends within ``LAST_RESORT`` seconds, unless ``ended`` comes first."""
    global _armed
    if _armed is None:
        _armed = threading.Timer(LAST_RESORT, _end, (status,))
        _armed.daemon = True
        _armed.start()


def ended() -> None:
    """Everything is closed: what is left takes no time."""
    global _armed
    if _armed is not None:
        _armed.cancel()
        _armed = None


def _end(status: int) -> None:
    # Whatever is written to the disk is written in one step, or by SQLite; the engine ends when its channel closes.
    if _terminal is not None:
        from tutor.app.driver import put_right

        put_right(*_terminal)
    os._exit(status)
