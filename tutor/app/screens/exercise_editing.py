"""Editing the learner's file on the screen of an exercise: here, or in an editor of the learner's own.

Nothing that was typed or saved is ever lost: whatever a decision does not take is kept as a dated backup, and what is
not saved is written down once a second, to be offered at the next opening.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.app import SuspendNotSupported
from textual.timer import Timer

from tutor.app import editor
from tutor.app.folders import short
from tutor.app.screens.ask import AskScreen, ConflictScreen, FoundScreen, LeaveScreen
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.exercise_file import FileScreen
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.app.ports import LearnerSession, UnsavedView
    from tutor.catalog.model import Exercise

BUILTIN = "builtin"
"""The preference that means the tutor's own editor."""
PAUSE = 1.0
"""Seconds after a key after which what is not saved is written down: more is not lost even by a cut of the power."""


class EditingScreen(FileScreen):
    """The part of the exercise's screen that has to do with typing."""

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(exercise)
        self._write_down: Timer | None = None
        self._written_down = False
        self._asking = False

    def say_editing(self) -> None:
        """Say whether one types, and whether it is saved."""

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
            code = self.code  # by itself: it outlives the screen that it can be asked from
            self.tutor.unsaved[key] = lambda: session.workspace.save_unsaved(self.exercise, code.content)
            if self._write_down is None:
                self._write_down = self.set_timer(PAUSE, self._write_down_soon)
        elif self._forget_unsaved():
            self.run_worker(self.tutor.attempt(session.workspace.drop_unsaved, self.exercise), group="unsaved")

    def _write_down_soon(self) -> None:
        self._write_down = None
        self.run_worker(self._write_down_now(), group="unsaved")

    async def _write_down_now(self) -> None:
        session = self.tutor.session
        if session is not None and self.code.dirty:
            self._written_down = True
            content = self.code.content
            await self.tutor.attempt(session.workspace.save_unsaved, self.exercise, content)

    def _forget_unsaved(self) -> bool:
        """Nothing is to be kept for the next start any more; answer whether something was written down."""
        self.tutor.unsaved.pop(self.exercise.key, None)
        if self._write_down is not None:
            self._write_down.stop()
            self._write_down = None
        written, self._written_down = self._written_down, False
        return written

    # What an earlier start left

    @work(group="unsaved")
    async def offer_unsaved(self) -> None:
        """Text that was typed here on an earlier start and never saved: is it wanted?"""
        session, exercise = self.tutor.session, self.exercise
        if session is None:
            return
        workspace = session.workspace
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
        question = _(
            "{file} was changed by another program while you typed here. Which text do you go on with? "
            "The other one is kept as a dated copy."
        )
        answer = await self._ask(
            ConflictScreen(question.format(file=name), lambda: self._comparison(code.content, code.disk or b""))
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
            return await self._settled() and await self._save() and await self._nothing_unsaved(session)
        if answer == "discard":
            backup = await self.tutor.attempt(session.workspace.keep, self.exercise, code.content)
            if backup is None:
                return False
            code.saved(code.content)  # there is nothing to be saved any more
            self._say_kept(backup, _("What you typed was kept: {path}"))
            return await self._nothing_unsaved(session)
        return False

    async def _nothing_unsaved(self, session: LearnerSession) -> bool:
        """Forget what was written down before the screen is left: afterwards no message reaches it that says so."""
        if self._forget_unsaved():
            await self.tutor.attempt(session.workspace.drop_unsaved, self.exercise)
        return True

    # Editors

    async def action_edit(self) -> None:
        """Open the editor that the learner has chosen; the built-in one where there is no other, or text in it."""
        if self._file is None or not self.ready:
            self._edit_soon = True
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
        if not self.ready:
            self._edit_soon = True
        elif self.code.editable:
            await self.code.action_edit()
        elif self.code.problem:
            self.notify(self.code.problem, severity="error", timeout=8, markup=False)

    async def action_find(self) -> None:
        self.action_show("code")
        await self.code.find()


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
