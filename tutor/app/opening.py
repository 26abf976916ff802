"""Opening the learner's session, beside everything else that a start has to do."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tutor.app.choice import Choice
    from tutor.app.ports import LearnerSession, SessionFactory, State


class Opened(NamedTuple):
    """A session that stands, and what the list of exercises shows of it."""

    session: LearnerSession
    states: Mapping[str, State]
    """By the exercises' keys."""
    last_exercise: str | None
    """The key of the one that was opened last."""


def open_now(factory: SessionFactory, choice: Choice) -> Opened:
    """Open the session for ``choice`` and look how far the learner is. Blocks.

    Raises:
        SetupError: it cannot be opened so.
    """
    return look(factory(choice))


def look(session: LearnerSession) -> Opened:
    """What there is, and how far the learner is. Blocks."""
    return Opened(session, dict(session.states()), session.workspace.last_exercise)


def open_beside(factory: SessionFactory, choice: Choice) -> Future[Opened]:
    """Like ``open_now``, from this moment on in a thread that ends with the process at the latest."""
    future: Future[Opened] = Future()

    def work() -> None:
        try:
            future.set_result(open_now(factory, choice))
        except BaseException as error:  # whoever waits for the result gets it
            future.set_exception(error)

    threading.Thread(target=work, name="opening", daemon=True).start()
    return future
