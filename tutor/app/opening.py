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
    ids: Mapping[tuple[str, str], str]
    """The id by which the workspace knows an exercise, by its pack and its id there."""
    states: Mapping[str, State]
    last_exercise: str | None


def open_now(factory: SessionFactory, choice: Choice) -> Opened:
    """Open the session for ``choice`` and look how far the learner is. Blocks.

    Raises:
        SetupError: it cannot be opened so.
    """
    return look(factory(choice))


def look(session: LearnerSession) -> Opened:
    """What there is, and how far the learner is. Blocks."""
    id_of = session.catalog.id_of
    exercises = [e for pack in session.catalog.packs for e in pack.exercises]
    ids = {(e.pack, e.id): id_of(e) for e in exercises}
    key = session.workspace.last_exercise
    last = next((id_of(e) for e in exercises if e.key == key), None)
    return Opened(session, ids, dict(session.states()), last)


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
