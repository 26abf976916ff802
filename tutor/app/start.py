"""Start the app, and leave nothing behind when it ends, however it ends."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from concurrent.futures import wait
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.app.choice import Preferences
from tutor.app.opening import open_beside

if TYPE_CHECKING:
    from types import FrameType

    from tutor.app.app import TutorApp
    from tutor.app.choice import Choice
    from tutor.app.ports import Keep, Remember, SessionFactory


SIGNALS = tuple(getattr(signal, name) for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM") if hasattr(signal, name))
MEANT_FOR_EDITOR = SIGNALS[1:3]
"""While an editor has the terminal, its ctrl+c reaches everybody in the foreground."""
PATIENCE = 0.1
"""Seconds that the session may take to open before the screen is painted without it."""


def run(
    factory: SessionFactory,
    *,
    choice: Choice | None,
    folder: Path,
    remember: Remember,
    preferences: Preferences = Preferences(),  # noqa: B008 (immutable)
    keep: Keep = lambda preferences: None,
) -> int:
    """Show the app until the learner leaves; answer the exit status of the process.

    Args:
        factory: opens the learner's session for a language and a folder; called in a thread.
        choice: what the learner chose on an earlier start, or None: then they are asked first.
        folder: the folder to suggest where they have not chosen one yet.
        remember: told what they chose, once a session stands, and again when they change the language.
        preferences: theme, editor, device and keys.
        keep: told when those are changed.
    """
    # Importing and composing make objects that stay, by the hundred thousand: looking among them for garbage, again and
    # again, takes a tenth of the way to the first paint and finds next to nothing. See also tutor.cli.main.
    gc.disable()
    try:
        opening = open_beside(factory, choice) if choice is not None else None
        if opening is not None:
            # Nearly always there in a moment, and then the first paint shows it. To import textual meanwhile would only
            # make two threads take turns; a disk that is slow or hangs is not waited for.
            wait([opening], timeout=PATIENCE)
        from tutor.app import leaving, looks
        from tutor.app.app import TutorApp

        app = TutorApp(
            factory,
            choice=choice,
            folder=folder,
            remember=remember,
            preferences=preferences,
            keep=keep,
            opening=opening,
            painted=_collect_garbage,
            theme=looks.first_theme(os.environ),
        )
        if looks.slow_line(os.environ):
            app.animation_level = "none"
        status = asyncio.run(_run(app))
        leaving.ended()
        return status
    finally:
        gc.enable()


def _collect_garbage() -> None:
    """From the first paint on, though seldom; and what is there by then stays, and is not looked at again."""
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()


SELDOM = (20_000, 20, 20)
"""Python's own (700, 10, 10) are reached several times in each paint, which makes one a tenth slower."""


async def _run(app: TutorApp) -> int:
    from tutor.app import leaving

    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        # By Python's own handlers: they run even where the loop itself is held up, as by a terminal that nobody reads.
        signal.signal(number, partial(_on_signal, app, loop))
    try:
        await app.run_async()
    finally:
        await app.close_session()
        status = app.return_code or 0
        leaving.end_soon(status)  # a thread may still wait for a disk that hangs
    if app.failure is not None:
        from tutor.app import crash

        status = crash.say(app.failure)
    return status


def _on_signal(app: TutorApp, loop: asyncio.AbstractEventLoop, number: int, _frame: FrameType | None) -> None:
    """A closed terminal or a plain kill ends the app as `q` does: the engine is closed and the terminal put right."""
    from tutor.app.leaving import end_soon, leave

    if number in MEANT_FOR_EDITOR and app.lent:
        return
    end_soon(128 + number)
    loop.call_soon_threadsafe(leave, app, 128 + number)
