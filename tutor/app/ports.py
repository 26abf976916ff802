"""What the app needs of the rest of the tutor, and nothing more: the session and the tests' fakes satisfy this.

Calls that are not coroutines may touch the disk. The app makes them from a thread of its own, one at a time, never from
the event loop. A refusal is an exception whose text is a sentence for the learner, in the current language.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:  # the first paint waits for none of these, nor for this module
    from tutor.app.choice import Choice, Preferences
    from tutor.catalog.model import Exercise, Pack
    from tutor.grading.report import Report, RunEvent, Status
    from tutor.workspace.history import History

Device = Literal["cpu", "cuda", "auto"]
State = Literal["new", "started", "failed", "passed"]
"""How far a learner is with an exercise; passed once stays passed."""


class CatalogView(Protocol):
    @property
    def packs(self) -> Sequence[Pack]: ...

    @property
    def problems(self) -> Sequence[object]:
        """What is wrong with packs that could not be loaded: ``str`` of each is a line to show."""
        ...


class HintView(Protocol):
    """The entry of the FAQ that fits the last attempt."""

    @property
    def faq(self) -> str: ...

    @property
    def question(self) -> str: ...

    @property
    def steps(self) -> tuple[str, ...]:
        """All of them, as Markdown, the gentlest first."""
        ...

    @property
    def shown(self) -> int:
        """How many of them have been revealed, from 0."""
        ...


class OutcomeView(Protocol):
    """What a check ends with: the last thing it yields."""

    @property
    def report(self) -> Report: ...

    @property
    def hint(self) -> HintView | None: ...

    @property
    def first_pass(self) -> bool: ...


class AttemptView(Protocol):
    """One graded submission."""

    @property
    def source(self) -> bytes: ...

    @property
    def report(self) -> Report: ...


class TriedView(Protocol):
    """What was done about one exercise. See ``tutor.workspace.history.Tried``."""

    @property
    def attempts(self) -> int: ...

    @property
    def before_pass(self) -> int: ...

    @property
    def last(self) -> datetime | None: ...

    @property
    def seconds(self) -> float: ...


class UnsavedView(Protocol):
    """Text that was typed and not saved, and left behind."""

    @property
    def content(self) -> bytes: ...

    @property
    def when(self) -> datetime: ...


class WorkspaceView(Protocol):
    @property
    def problem(self) -> str | None:
        """Why progress cannot be written at present (disk full, read-only), or None. Read from the event loop."""
        ...

    @property
    def shared(self) -> bool:
        """Whether another tutor had the folder open when this one came. Read from the event loop."""
        ...

    def look_around(self) -> bool:
        """Write what could not be written before, if that goes by now; answer whether another tutor has written."""
        ...

    @property
    def last_exercise(self) -> str | None:
        """The key of the exercise opened last."""
        ...

    def last_attempt(self, exercise_key: str) -> AttemptView | None:
        """The newest attempt at an exercise."""
        ...

    def read(self, exercise: Exercise) -> bytes:
        """The learner's file as it is now."""
        ...

    def reset(self, exercise: Exercise) -> Path | None:
        """Put the stub back; answer the backup that was made of what was there."""
        ...

    def write(self, exercise: Exercise, content: bytes, came_from: bytes | None) -> Path | None:
        """Put ``content`` in the learner's file. Where that no longer holds ``came_from``, what it holds is kept as a
        backup first, which is the answer."""
        ...

    def keep(self, exercise: Exercise, content: bytes) -> Path:
        """Write ``content`` to a dated backup."""
        ...

    def save_unsaved(self, exercise: Exercise, content: bytes) -> None:
        """Keep what was typed and not saved, for the case that this process ends before it is."""
        ...

    def drop_unsaved(self, exercise: Exercise) -> None:
        """It is saved now, or was given up."""
        ...

    def unsaved(self, exercise: Exercise) -> UnsavedView | None:
        """The newest text that another process left unsaved when it ended."""
        ...

    def settle_unsaved(self, exercise: Exercise, unsaved: Any, *, keep: bool) -> Path | None:
        """It was decided about ``unsaved``: move it to a dated backup (``keep``), which is the answer, or forget it."""
        ...


class LearnerSession(Protocol):
    """One learner at work."""

    @property
    def catalog(self) -> CatalogView: ...

    @property
    def workspace(self) -> WorkspaceView: ...

    @property
    def status(self) -> Status:
        """The engine's latest word about itself. Read from the event loop."""
        ...

    def open(self, exercise: Exercise) -> Path:
        """The learner's file, written from the stub if there is none; remembered as the last exercise."""
        ...

    def hint(self, exercise: Exercise) -> HintView | None:
        """The hint for the last attempt with one more step revealed; None where no attempt failed."""
        ...

    def check_packs(self) -> bool:
        """See whether ``catalog`` still is what the packs on disk are; where not, read them anew and answer True."""
        ...

    def states(self) -> Mapping[str, State]:
        """How far the learner is, by the exercises' keys; what is missing is new."""
        ...

    def history(self) -> History:
        """What was done so far, day by day and exercise by exercise."""
        ...

    def next_exercise(self, exercise: Exercise) -> Exercise | None:
        """What to do after ``exercise``, or None after the last."""
        ...

    async def warm(self) -> None:
        """Start the engine, again if it died; return when it is ready. Raises what kept it from starting."""
        ...

    async def look_for_cuda(self) -> Mapping[str, object] | None:
        """What torch says of GPUs: ``cuda``, its version or None, and the names of the ``devices``. None: no torch."""
        ...

    async def prepare(self, exercise: Exercise) -> None:
        """Get ready to check ``exercise`` at once."""
        ...

    def check(
        self, exercise: Exercise, source: bytes | None = None, device: Device = "auto", seed: int = 0
    ) -> AsyncGenerator[RunEvent | OutcomeView, None]:
        """Grade ``source``: the events of the run, then its outcome.

        A newer check supersedes the one in flight, which then ends with ``Cancelled`` and no outcome. Raises when the
        engine dies; ``warm`` starts a new one.
        """
        ...

    async def cancel(self) -> None:
        """Give up the check in flight: it ends with ``Cancelled``. Nothing happens where none is."""
        ...

    async def close(self) -> None:
        """End the engine and every process it started: in a second or two, in any state, as often as it is called."""
        ...


SessionFactory = Callable[["Choice"], LearnerSession]
"""Opens the session for a choice. Called in a thread, may block; raises ``SetupError``."""

Remember = Callable[["Choice"], None]
"""Keeps a choice for the next start. Called in a thread, may block."""

Keep = Callable[["Preferences"], None]
"""Keeps preferences for the next start. Called in a thread, may block."""
