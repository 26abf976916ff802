"""The line above the footer that always says what is happening."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tutor.app.status import MARKS, Mood, Situation, describe

if TYPE_CHECKING:
    from tutor.app.app import TutorApp
    from tutor.app.runs import Snapshot
    from tutor.catalog.model import Exercise

MOODS: tuple[Mood, ...] = ("calm", "busy", "good", "bad", "alarm")


class StatusLine(Vertical):
    """What is happening, on which device, and what is wrong with the workspace if anything is."""

    DEFAULT_CSS = """
    StatusLine {
        height: auto;
        background: $panel;

        #status-row { height: 1; }
        #status { width: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #device { width: auto; padding: 0 1; color: $text-muted; }
        #trouble { height: auto; padding: 0 1; display: none; background: $warning-muted; color: $text-warning; }
        &.-troubled #trouble { display: block; }
        &.-busy #status { color: $text-accent; }
        &.-good #status { color: $text-success; }
        &.-bad #status { color: $text-error; }
        &.-alarm #status { color: $text-warning; text-style: bold; text-wrap: wrap; height: auto; max-height: 3; }
        &.-alarm #status-row { height: auto; }
    }
    """

    def __init__(self, exercise: Exercise | None = None) -> None:
        super().__init__()
        self._exercise = exercise
        self.file = ""
        self.note = ""
        """Something lasting about this screen: that the file is watched by polling, say."""
        self._clock: Timer | None = None
        self._token = 0
        self._since = 0.0

    def compose(self) -> ComposeResult:
        with Horizontal(id="status-row"):
            yield Static(id="status", markup=False)
            yield Static(id="device", markup=False)
        yield Static(id="trouble", markup=False)

    def on_mount(self) -> None:
        app = cast("TutorApp", self.app)
        for name in ("engine", "engine_problem", "run_now"):
            self.watch(app, name, self.say, init=False)
        self._clock = self.set_interval(1, self.say, pause=True)
        self.say()

    def say(self) -> None:
        if self._clock is None:
            return  # not mounted yet; it will say it then
        app = cast("TutorApp", self.app)
        run = app.runs.get(app.id_of(self._exercise)) if self._exercise is not None else None
        self._count(self._clock, run)
        mood, sentence = describe(
            Situation(
                engine=app.engine,
                engine_problem=app.engine_problem,
                opened=app.session is not None,
                exercise=self._exercise,
                file=self.file,
                run=run,
                seconds=int(monotonic() - self._since) if run is not None and run.running else 0,
            )
        )
        for name in MOODS:
            self.set_class(name == mood, f"-{name}")
        self.query_one("#status", Static).update(Content(f"{MARKS[mood]} {sentence}"))
        device = run.device if run is not None and run.device else app.device
        self.query_one("#device", Static).update(Content(f"{self.note}  {device}" if self.note else device))
        trouble = app.session.workspace.problem if app.session is not None else None
        self.set_class(bool(trouble), "-troubled")
        if trouble:
            self.query_one("#trouble", Static).update(Content(f"! {trouble}"))

    def _count(self, clock: Timer, run: Snapshot | None) -> None:
        if run is None or not run.running:
            clock.pause()
        elif run.token != self._token:
            self._token = run.token
            self._since = monotonic()
            clock.resume()
