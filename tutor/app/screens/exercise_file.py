"""The learner's file on the screen of an exercise: opened, watched, graded, reset."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import getters, work

from tutor.app.folders import short, shortened
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.confirm import ConfirmScreen
from tutor.app.watching import saves
from tutor.app.widgets.code_pane import CodePane
from tutor.app.widgets.status_line import StatusLine
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.app.ports import LearnerSession
    from tutor.catalog.model import Exercise


class FileScreen(TutorScreen):
    """The part of the exercise's screen that has to do with the file."""

    status = getters.query_one(StatusLine)

    def __init__(self, exercise: Exercise) -> None:
        super().__init__()
        self.exercise = exercise
        self.code = CodePane()
        self.all_there = asyncio.Event()
        """Set once every pane is mounted."""
        self.ready = False
        """The file is there and watched, and what is known of it is shown."""
        self._file: Path | None = None
        self._source: bytes | None = None
        """What was graded last, or found when the screen was opened: touching a file grades nothing."""
        self._following: Exercise | None = None
        self._edit_soon = False
        """The key that edits was pressed before there was a text to be edited."""
        self._opening = True
        """Until the file is there, or it is known that it cannot be opened."""
        self._grade_soon = False
        """The key that grades was pressed before the file was there."""

    def notify(self, message: str, **options: Any) -> None:
        """Say ``message``, unless it can still be read: the same key pressed again would pile it up."""
        if all(said.message != message for said in self.app._notifications):
            super().notify(message, **options)

    # What the screen itself does

    def show_file(self) -> None:
        """The file, and what comes after it, are known."""

    def show_graded(self) -> None:
        """A save is being graded."""

    def forget_run(self) -> None:
        """Nothing is known of runs any more."""

    def offer_unsaved(self) -> object:
        """Ask about text that an earlier start left unsaved."""

    def decide(self) -> object:
        """Ask which of two texts is to be gone on with."""

    async def action_edit(self) -> None:
        """Open the learner's editor."""

    def action_save(self) -> object:
        """Save, and grade."""

    def action_show(self, pane: str) -> None:
        """Show ``pane`` and go to it."""

    # Opening

    @work(group="file")
    async def open_file(self) -> None:
        """Take up the learner's file, and watch it from then on."""
        session = self.tutor.session
        if session is None:
            self._opening = False
            return
        try:
            file = await self.tutor.disk(session.open, self.exercise)
        except Exception as error:  # a sentence for the learner, as all that the session raises
            self._opening = False
            again = _("Press {key} to try again.").format(key=self.tutor.key("exercise.grade"))
            self._say_lost(f"{error} {again}")
            return
        self._say_lost("")
        self._file = file
        self.tutor.last_exercise = self.exercise.key
        self.status.file = file.name
        self.status.say()
        self._following = await self.tutor.attempt(session.next_exercise, self.exercise)
        self.show_file()
        self._prepare()
        await self.all_there.wait()
        await self._take_up(session, file)
        self.ready = True
        self._watch_file(file)
        self._opening = False
        if self._grade_soon:
            self._grade_soon = False
            self.action_grade()
        if self._edit_soon:
            self._edit_soon = False
            await self.action_edit()
        await self.tutor.refresh_states()
        self.offer_unsaved()

    async def _take_up(self, session: LearnerSession, file: Path) -> None:
        """Show what is known of the file as it is now; grade it if it was changed while nobody looked."""
        exercise = self.exercise
        source = await self._read(session)
        self._source = source
        if source is None:
            return
        self.code.load(source, file.name)
        if self.tutor.graded.get(exercise.key) == source:
            return
        attempt = await self.tutor.attempt(session.workspace.last_attempt, exercise.key)
        stub = await self.tutor.attempt(exercise.stub.read_bytes)
        if self._source != source:
            return  # saved meanwhile, and being graded
        if attempt is not None and attempt.source == source:
            self.tutor.take_up(exercise, source, attempt.report)
        elif source != stub:
            self.tutor.grade(exercise, source)

    async def _read(self, session: LearnerSession) -> bytes | None:
        """The file as it is now; None, and it is said, where it cannot be read."""
        try:
            source = await self.tutor.disk(session.workspace.read, self.exercise)
        except Exception as error:  # a sentence for the learner, as all that the session raises
            self.code.lost(str(error))
            self._say_lost(str(error))
            return None
        self._say_lost("")
        return source

    def _say_lost(self, why: str) -> None:
        """Say why the file cannot be used, for as long as that is so; nothing where it can."""
        self.status.lost = shortened(why)
        self.status.say()
        if why:
            self.tutor.refuse(shortened(why))

    @work(group="prepare", exclusive=True)
    async def _prepare(self) -> None:
        await self.tutor.prepare(self.exercise)

    # Watching and grading

    @work(group="watch", exclusive=True)
    async def _watch_file(self, file: Path) -> None:
        async for _save in saves(file, self._watched_by_polling):
            await self._grade_file(only_if_changed=True)

    def _watched_by_polling(self, why: str) -> None:
        self.log.warning(why)
        self.status.note = _("checking for saves every 0.3 s")
        self.status.say()

    async def _grade_file(self, *, only_if_changed: bool) -> None:
        session = self.tutor.session
        if session is None or self._file is None:
            return
        source = await self._read(session)
        if source is None:
            return
        if self.code.editable:
            asked = self.code.found(source)
        else:
            self.code.load(source, self._file.name)
            asked = False
        if not (only_if_changed and source == self._source):
            self._source = source
            self.tutor.grade(self.exercise, source)
            self.show_graded()
        if asked and not self.code.editing:
            self.decide()

    def action_grade(self) -> None:
        if self._opening:
            self._grade_soon = True
        elif self._file is None:
            self._opening = True
            self.open_file()
        elif self.code.dirty:
            self.action_save()
        else:
            self._grade_now(only_if_changed=False)

    @work(group="file")
    async def _grade_now(self, *, only_if_changed: bool) -> None:
        await self._grade_file(only_if_changed=only_if_changed)

    # Reset

    @work(group="reset", exclusive=True)
    async def action_reset(self) -> None:
        session, file = self.tutor.session, self._file
        if session is None or file is None:
            return
        question = _("Start again from the stub? A dated copy of your file is kept.")
        if not await self.app.push_screen_wait(ConfirmScreen(question, yes=_("Start again"), no=_("Keep my file"))):
            return
        await self.tutor.cancel_run()
        unsaved = self.code.content if self.code.dirty else None

        def reset() -> tuple[Path | None, Path | None, bytes]:
            kept = session.workspace.keep(self.exercise, unsaved) if unsaved is not None else None
            return kept, session.workspace.reset(self.exercise), session.workspace.read(self.exercise)

        done = await self.tutor.attempt(reset)
        if done is None:
            return
        *backups, source = done
        self._source = source  # the stub's coming back is no save of the learner's
        if self.code.editable:
            self.code.take(source, base=source)
        else:
            self.code.load(source, file.name)
        self.tutor.forget_run(self.exercise)
        self.forget_run()
        words = [_("The stub is back.")]
        words += [_("Your file was kept: {path}").format(path=short(b)) for b in backups if isinstance(b, Path)]
        self.notify("\n".join(words), timeout=10, markup=False)
