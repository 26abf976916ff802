"""Grading, as the app does it: the engine is started and looked after, runs are begun, followed and kept."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import aclosing
from time import monotonic
from typing import TYPE_CHECKING, Literal

from textual import work
from textual.message import Message
from textual.reactive import reactive

from tutor.app.host import HostedApp
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.app.ports import Device, LearnerSession
    from tutor.app.runs import Collector, Snapshot
    from tutor.catalog.model import Exercise
    from tutor.grading.report import Report

EngineState = Literal["off", "warming", "ready", "restarting", "broken"]

SETTLED = 10.0
"""Seconds that a new engine must have lived before its end is taken for an accident."""
FRAME = 1 / 20
"""Seconds between two snapshots of a run: what lies between is not painted. Verdicts do not wait for it."""
BREATH = 0.004
"""Seconds that events may be taken in at a stretch; then everything else has as long."""


class RunChanged(Message):
    """A run has come further."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, RunChanged) and message.snapshot.token <= self.snapshot.token


class GradingApp(HostedApp):
    """An app that grades what it is given, with an engine that it keeps alive."""

    engine: reactive[EngineState] = reactive("off", init=False)
    engine_problem: reactive[str] = reactive("", init=False)
    """Why the engine is not there, where it is not."""
    engine_note: reactive[str] = reactive("", init=False)
    """What the engine says it is busy with: a library that it loads, a GPU that it waits for."""
    run_now: reactive[Snapshot | None] = reactive(None, init=False)
    """The newest run, finished or not."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.session: LearnerSession | None = None
        self.runs: dict[str, Snapshot] = {}
        """The newest run of each exercise since the app was started, by the exercise's id."""
        self.graded: dict[str, bytes] = {}
        """What was graded last, by the exercise's id."""
        self._warm_since = 0.0
        self._tokens = itertools.count(1)
        self._newest = 0

    @property
    def device(self) -> Device:
        """What every check is asked to run on."""
        raise NotImplementedError

    async def refresh_states(self) -> None:
        """Look again at how far the learner has come; called after every run."""
        raise NotImplementedError

    # The engine

    async def warm(self) -> bool:
        """Start the engine if need be; answer whether it stands."""
        if self.session is None:
            return False
        if self.engine != "restarting":
            self.engine = "warming"
        try:
            await self.session.warm()
        except Exception as error:  # whatever kept it from starting is said, and a key tries again
            self.log.error(error)
            self.engine_problem = str(error) or type(error).__name__
            self.engine = "broken"
            return False
        self.engine_problem = ""
        self.engine = "ready"
        self._warm_since = monotonic()
        return True

    def _look_after_engine(self) -> None:
        """An engine that ends while nobody asks anything of it is started again, unless that is all it does."""
        if self.session is None or self.engine != "ready":
            return
        if self.session.status.state != "stopped":
            self.engine_note = self.session.status.message
            return
        if monotonic() - self._warm_since < SETTLED:
            self.engine_problem = self.session.status.message
            self.engine = "broken"
        else:
            self.engine = "restarting"
            self.run_worker(self.warm(), group="engine")  # not here: the keys would wait for it

    # Runs

    def grade(self, exercise: Exercise, source: bytes) -> None:
        """Grade ``source``; what an older run still says is ignored from now on."""
        from tutor.app.runs import Collector

        self._newest = next(self._tokens)
        self.graded[exercise.key] = source
        collector = Collector(exercise.key, self._newest, [r.test for r in exercise.requirements])
        self._accept(collector.snapshot())
        self._grade(exercise, source, collector)

    @work(group="grade")
    async def _grade(self, exercise: Exercise, source: bytes, collector: Collector) -> None:
        session = self.session
        if session is None:
            return
        if self.engine == "broken" and not await self.warm():
            return
        try:
            await self._follow(session, exercise, source, collector)
        except Exception as error:  # whatever ends a run is said; the tutor lives on, with a new engine if need be
            self.log.error(error)
            if collector.token != self._newest:
                return  # the run that superseded this one sees the same, and says it
            collector.died(str(error) or type(error).__name__)
            self.post_message(RunChanged(collector.snapshot()))
            self.engine = "restarting"
            await self.warm()
        await self.refresh_states()

    async def _follow(self, session: LearnerSession, exercise: Exercise, source: bytes, collector: Collector) -> None:
        loop = asyncio.get_running_loop()
        shown_at = breath = loop.time()
        later: asyncio.TimerHandle | None = None

        def show() -> None:
            nonlocal shown_at, later
            if later is not None:
                later.cancel()
                later = None
            shown_at = loop.time()
            self.post_message(RunChanged(collector.snapshot()))

        try:
            async with aclosing(session.check(exercise, source, self.device)) as events:
                async for event in events:
                    now = loop.time()
                    if collector.feed(event) or now - shown_at >= FRAME:
                        show()
                    elif later is None:
                        later = loop.call_later(FRAME, show)
                    if now - breath >= BREATH:  # a flood never waits by itself: let keys and paint through
                        await asyncio.sleep(BREATH)
                        breath = loop.time()
        finally:
            if later is not None:
                later.cancel()
        if not collector.ended:
            raise RuntimeError(_("the run ended without a result"))

    def take_up(self, exercise: Exercise, source: bytes, report: Report) -> None:
        """``source`` was graded on an earlier start, with this ``report``."""
        from tutor.app.runs import finished

        self.graded[exercise.key] = source
        self.runs[exercise.key] = self.run_now = finished(exercise.key, report)

    def on_run_changed(self, message: RunChanged) -> None:
        self._accept(message.snapshot)

    def _accept(self, snapshot: Snapshot) -> None:
        if snapshot.token != self._newest:
            return
        self.runs[snapshot.exercise] = snapshot
        self.run_now = snapshot

    async def prepare(self, exercise: Exercise) -> None:
        """Get the engine ready for ``exercise``; if that fails, the next grading run says why."""
        if self.session is not None:
            try:
                await self.session.prepare(exercise)
            except Exception as error:
                self.log.error(error)

    async def cancel_run(self) -> None:
        if self.session is not None:
            try:
                await self.session.cancel()
            except Exception as error:  # an engine that is gone runs nothing
                self.log.error(error)

    def forget_run(self, exercise: Exercise) -> None:
        """Whatever is known of runs of ``exercise`` no longer holds."""
        self.runs.pop(exercise.key, None)
        self.graded.pop(exercise.key, None)
        self._newest = next(self._tokens)
        self.run_now = None
