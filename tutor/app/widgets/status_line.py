"""The line above the footer that always says what is happening."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from tutor.app.status import MARKS, Situation, describe

if TYPE_CHECKING:
    from tutor.app.app import TutorApp
    from tutor.app.runs import Snapshot
    from tutor.catalog.model import Exercise

CLASSES = ("-calm", "-busy", "-good", "-bad", "-alarm", "-troubled")


class Words(NamedTuple):
    """What the line shows, and how."""

    classes: tuple[str, ...]
    status: str
    device: str
    trouble: str


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

    def __init__(self, app: TutorApp, exercise: Exercise | None = None) -> None:
        self._tutor = app
        self._exercise = exercise
        self.file = ""
        self.note = ""
        """Something lasting about this screen: that the file is watched by polling, say."""
        self.lost = ""
        """Why the learner's file cannot be used at present."""
        self.editing = False
        """Whether one types in the built-in editor."""
        self.unsaved = False
        """Whether it holds something that is not saved."""
        self.conflict = False
        """Whether the file was changed meanwhile."""
        self._clock: Timer | None = None
        self._token = 0
        self._since = 0.0
        # In the words and the colour of this moment from the beginning: to say them later is to lay it all out again.
        self._said = self._words()
        super().__init__(classes=" ".join(self._said.classes))

    def compose(self) -> ComposeResult:
        with Horizontal(id="status-row"):
            yield Static(self._said.status, id="status", markup=False)
            yield Static(self._said.device, id="device", markup=False)
        yield Static(self._said.trouble, id="trouble", markup=False)

    def on_mount(self) -> None:
        for name in ("engine", "engine_problem", "engine_note", "run_now", "trouble"):
            self.watch(self._tutor, name, self.say, init=False)
        self._clock = self.set_interval(1, self.say, pause=True)
        self.say()

    def say(self) -> None:
        if self._clock is None:
            return  # not mounted yet; it will say it then
        self._count(self._clock, self._run)
        words = self._words()
        if words == self._said:
            return
        self._said = words
        for name in CLASSES:
            self.set_class(name in words.classes, name)
        self.query_one("#status", Static).update(words.status)
        self.query_one("#device", Static).update(words.device)
        self.query_one("#trouble", Static).update(words.trouble)

    @property
    def _run(self) -> Snapshot | None:
        return self._tutor.runs.get(self._exercise.key) if self._exercise is not None else None

    def _words(self) -> Words:
        app, run = self._tutor, self._run
        mood, sentence = describe(
            Situation(
                engine=app.engine,
                engine_problem=app.engine_problem,
                engine_note=app.engine_note,
                opened=app.session is not None,
                exercise=self._exercise,
                file=self.file,
                lost=self.lost,
                run=run,
                seconds=int(monotonic() - self._since) if run is not None and run.running else 0,
                again=app.key("exercise.grade"),
                editing=self.editing,
                unsaved=self.unsaved,
                conflict=self.conflict,
                save=app.key("exercise.save"),
            )
        )
        device = run.device if run is not None and run.device else app.device
        trouble = app.trouble
        return Words(
            (f"-{mood}", "-troubled") if trouble else (f"-{mood}",),
            f"{MARKS[mood]} {sentence}",
            f"{self.note}  {device}" if self.note else device,
            f"! {trouble}" if trouble else "",
        )

    def _count(self, clock: Timer, run: Snapshot | None) -> None:
        if run is None or not run.running:
            clock.pause()
        elif run.token != self._token:
            self._token = run.token
            self._since = monotonic()
            clock.resume()
