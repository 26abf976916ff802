"""The learner's file on the screen of an exercise: opened, watched, edited here or elsewhere, saved, graded.

Nothing that was typed or saved is ever lost: whatever a decision does not take is kept as a dated backup.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import getters, work
from textual.app import SuspendNotSupported
from textual.timer import Timer

from tutor.app import editor
from tutor.app.folders import short
from tutor.app.screens.ask import AskScreen, ConflictScreen, FoundScreen, LeaveScreen
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.confirm import ConfirmScreen
from tutor.app.watching import saves
from tutor.app.widgets.code_pane import CodePane
from tutor.app.widgets.status_line import StatusLine
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.app.ports import LearnerSession, UnsavedView
    from tutor.catalog.model import Exercise

BUILTIN = "builtin"
"""The preference that means the tutor's own editor."""
PAUSE = 1.0
"""Seconds after a key after which what is not saved is written down: more is not lost even by a cut of the power."""


class FileScreen(TutorScreen):
    """The part of the exercise's screen that has to do with the file."""

    code = getters.query_one(CodePane)
    status = getters.query_one(StatusLine)

    def __init__(self, exercise: Exercise) -> None:
        super().__init__()
        self.exercise = exercise
        self.ready = False
        """The file is there and watched, and what is known of it is shown."""
        self._file: Path | None = None
        self._source: bytes | None = None
        """What was graded last, or found when the screen was opened: touching a file grades nothing."""
        self._following: Exercise | None = None
        self._write_down: Timer | None = None
        self._written_down = False
        self._asking = False

    # What the screen itself does

    def show_file(self) -> None:
        """The file, and what comes after it, are known."""

    def show_graded(self) -> None:
        """A save is being graded."""

    def forget_run(self) -> None:
        """Nothing is known of runs any more."""

    def action_show(self, pane: str) -> None:
        """Show ``pane`` and go to it."""

    # Opening

    @work(group="file")
    async def open_file(self) -> None:
        """Take up the learner's file, and watch it from then on."""
        session = self.tutor.session
        if session is None:
            return
        file = await self.tutor.attempt(session.open, self.exercise)
        if file is None:
            return
        self._file = file
        self.tutor.last_exercise = self.exercise.key
        self.status.file = file.name
        self.status.say()
        self._following = await self.tutor.attempt(session.next_exercise, self.exercise)
        self.show_file()
        self._prepare()
        await self._take_up(session, file)
        self.ready = True
        self._watch_file(file)
        await self.tutor.refresh_states()
        self._offer_unsaved(session)

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
            return await self.tutor.disk(session.workspace.read, self.exercise)
        except Exception as error:  # a sentence for the learner, as all that the session raises
            self.code.lost(str(error))
            self.notify(str(error), severity="error", timeout=8, markup=False)
            return None

    @work(group="prepare", exclusive=True)
    async def _prepare(self) -> None:
        await self.tutor.prepare(self.exercise)

    @work(group="unsaved")
    async def _offer_unsaved(self, session: LearnerSession) -> None:
        """Text that was typed here on an earlier start and never saved: is it wanted?"""
        workspace, exercise = session.workspace, self.exercise
        while (found := await self.tutor.attempt(workspace.unsaved, exercise)) is not None:
            answer = await self._ask_about(found)
            if answer == "":
                return
            if answer == "mine":
                if not self.code.editable:
                    return
                self.code.take(found.content, base=self._source or b"")
                await self._write_down_now()
                self.action_show("code")
            backup = await self.tutor.attempt(self._settle(session, found, keep=answer == "disk"))
            if backup is not None:
                self._say_kept(backup)
            if answer == "mine":
                return

    def _settle(self, session: LearnerSession, found: UnsavedView, *, keep: bool) -> Callable[[], Path | None]:
        return lambda: session.workspace.settle_unsaved(self.exercise, found, keep=keep)

    async def _ask_about(self, found: UnsavedView) -> str:
        name = self._file.name if self._file is not None else ""
        question = _("What you typed into {file} on {when} was never saved, because the tutor ended before.")
        words = question.format(file=name, when=f"{found.when:%Y-%m-%d %H:%M}")
        return await self._ask(FoundScreen(words, lambda: self._comparison(found.content, self._source or b"")))

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
        if self.code.dirty:
            self.action_save()
        else:
            self._grade_now(only_if_changed=False)

    @work(group="file")
    async def _grade_now(self, *, only_if_changed: bool) -> None:
        await self._grade_file(only_if_changed=only_if_changed)

    # Saving what is typed here

    @work(group="save")
    async def action_save(self) -> None:
        """Save, and grade."""
        if not self.code.dirty:
            await self._grade_file(only_if_changed=False)
        elif await self._settled() and await self._save():
            self.show_graded()

    async def _save(self) -> bool:
        """Write what was typed to the file and have it graded; answer whether it is written."""
        session, code = self.tutor.session, self.code
        if session is None:
            return False
        content, base = code.content, code.base
        before, self._source = self._source, content  # that the file changes now is no save of somebody else's
        done = await self.tutor.attempt(lambda: (session.workspace.write(self.exercise, content, base),))
        if done is None:
            self._source = before
            return False
        code.saved(content)
        if done[0] is not None:
            self._say_kept(done[0], _("The file had been changed meanwhile; that was kept: {path}"))
        self.tutor.grade(self.exercise, content)
        return True

    def on_code_pane_state_changed(self) -> None:
        """Keep what is not saved where the next start finds it."""
        session, key = self.tutor.session, self.exercise.key
        self.say_editing()
        if session is None:
            return
        if self.code.dirty:
            self.tutor.unsaved[key] = lambda: session.workspace.save_unsaved(self.exercise, self.code.content)
            if self._write_down is None:
                self._write_down = self.set_timer(PAUSE, self._write_down_soon)
        elif self.tutor.unsaved.pop(key, None) is not None:
            self._forget_written_down(session)

    def say_editing(self) -> None:
        """Say whether one types, and whether it is saved."""

    def _write_down_soon(self) -> None:
        self._write_down = None
        self.run_worker(self._write_down_now(), group="unsaved")

    async def _write_down_now(self) -> None:
        session = self.tutor.session
        if session is not None and self.code.dirty:
            self._written_down = True
            content = self.code.content
            await self.tutor.attempt(session.workspace.save_unsaved, self.exercise, content)

    def _forget_written_down(self, session: LearnerSession) -> None:
        if self._write_down is not None:
            self._write_down.stop()
            self._write_down = None
        if self._written_down:
            self._written_down = False
            self.run_worker(self.tutor.attempt(session.workspace.drop_unsaved, self.exercise), group="unsaved")

    # Two texts

    def on_code_pane_left(self) -> None:
        if self.code.disk is not None:
            self.decide()

    def on_code_pane_decide(self) -> None:
        self.decide()

    @work(group="decide")
    async def decide(self) -> None:
        """Ask which of two texts is to be gone on with."""
        await self._settled()

    async def _settled(self) -> bool:
        """Ask, where the file holds something else than what was begun with; answer whether all is settled now."""
        code = self.code
        if code.disk is None:
            return True
        name = self._file.name if self._file is not None else ""
        question = _("{file} was changed by another program while you typed here. Which text do you go on with?")
        answer = await self._ask(
            ConflictScreen(
                f"{question.format(file=name)} {_('The other one is kept as a dated copy.')}",
                lambda: self._comparison(code.content, code.disk or b""),
            )
        )
        disk, session = code.disk, self.tutor.session
        if disk is None or session is None:  # the file has come back to what it was meanwhile
            return disk is None
        if answer == "":
            return False
        backup = await self.tutor.attempt(
            session.workspace.keep, self.exercise, disk if answer == "mine" else code.content
        )
        if backup is None:
            return False
        if answer == "mine":
            code.keep_mine()
        else:
            code.take(disk, base=disk)
        self._say_kept(backup)
        return True

    def _say_kept(self, backup: Path, words: str = "") -> None:
        words = words or _("The other text was kept: {path}")
        self.notify(words.format(path=short(backup)), timeout=10, markup=False)

    def _comparison(self, mine: bytes, disk: bytes) -> TutorScreen:
        from tutor.app.screens.diff import DiffScreen

        return DiffScreen(_text(mine), _text(disk), titles=lambda: (_("What you typed"), _("The file")))

    async def _ask(self, question: AskScreen) -> str:
        """The answer, once there is no other question; "" where this one was asked already."""
        if self._asking:
            return ""
        self._asking = True
        try:
            return await self.app.push_screen_wait(question)
        finally:
            self._asking = False

    async def may_leave(self) -> bool:
        code, session = self.code, self.tutor.session
        if not code.dirty or session is None:
            return True
        name = self._file.name if self._file is not None else ""
        answer = await self._ask(LeaveScreen(_("{file} holds changes that are not saved.").format(file=name)))
        if answer == "save":
            return await self._settled() and await self._save()
        if answer == "discard":
            backup = await self.tutor.attempt(session.workspace.keep, self.exercise, code.content)
            if backup is None:
                return False
            code.saved(code.content)  # there is nothing to be saved any more
            self._say_kept(backup, _("What you typed was kept: {path}"))
            return True
        return False

    # Editors

    async def action_edit(self) -> None:
        """Open the editor that the learner has chosen; the built-in one where there is no other, or text in it."""
        if self._file is None:
            return
        chosen = self.tutor.preferences.editor
        if chosen == BUILTIN or self.code.dirty:
            await self.action_edit_here()
            return
        try:
            command = editor.find_editor(chosen=chosen)
            if command is None:
                await self.action_edit_here()
                return
            if editor.is_windowed(command):
                editor.start_windowed(command, self._file)
            else:
                self._edit_here(command, self._file)
        except SuspendNotSupported:  # in a browser, say
            await self.action_edit_here()
        except editor.EditorError as error:
            self.notify(f"{error}\n{short(self._file)}", severity="error", timeout=8, markup=False)
        else:
            self._grade_now(only_if_changed=True)

    def _edit_here(self, command: list[str], file: Path) -> None:
        problem: editor.EditorError | None = None
        # Nothing else runs meanwhile, on purpose: whatever painted now would paint over the editor. An exception must
        # not leave the block, or the app would not take the terminal back.
        with self.app.suspend():
            try:
                editor.run_in_terminal(command, file)
            except editor.EditorError as error:
                problem = error
        if problem is not None:
            raise problem

    async def action_edit_here(self) -> None:
        """Go into the built-in editor."""
        self.action_show("code")
        if self.code.editable:
            await self.code.action_edit()
        elif self.code.problem:
            self.notify(self.code.problem, severity="error", timeout=8, markup=False)

    async def action_find(self) -> None:
        self.action_show("code")
        await self.code.find()

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


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
