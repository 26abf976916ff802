"""Start the app, and leave nothing behind when it ends, however it ends."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from concurrent.futures import wait
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.app.choice import Preferences
from tutor.app.opening import open_beside

if TYPE_CHECKING:
    from tutor.app.app import TutorApp
    from tutor.app.choice import Choice
    from tutor.app.ports import Keep, Remember, SessionFactory


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
        )
        return asyncio.run(_run(app))
    finally:
        gc.enable()


def _collect_garbage() -> None:
    """From the first paint on, as usual; but what is there by then stays, and is not looked at again."""
    gc.freeze()
    gc.enable()


async def _run(app: TutorApp) -> int:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGHUP, signal.SIGTERM) if hasattr(signal, "SIGHUP") else ():
        # A closed terminal or a plain kill ends the app as `q` does: the engine is closed and the terminal put right.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, partial(app.exit, return_code=128 + number))
    try:
        await app.run_async()
    finally:
        await app.close_session()
    return app.return_code or 0
