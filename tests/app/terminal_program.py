"""The app on a session without an engine, to be run in a terminal: ``python terminal_program.py FOLDER [SCENE …]``.

Scenes: ``ja`` (in Japanese), ``fails`` (F2 brings up a mistake in the app), ``hangs`` (the disk stops answering once an
exercise is opened), ``first`` (nothing was chosen on an earlier start), ``disk`` (the learner's folder is a real one),
``impatient`` (the last resort comes soon), ``woken`` (a SIGCONT arrives while it ends).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app_fakes import FakeSession

from tutor.app import Choice, leaving, run
from tutor.app.ports import State
from tutor.catalog.model import Exercise
from tutor.grading.report import Report

SECRET = "the learner's own words"


class Session(FakeSession):
    """Leaves a note when it is closed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    async def close(self) -> None:
        await super().close()
        (self.folder / "closed").write_text("")


class Woken(Session):
    async def close(self) -> None:
        os.kill(os.getpid(), signal.SIGCONT)
        for _ in range(3):
            await asyncio.sleep(0)  # what the signal asks of the loop is done
        await super().close()


class Hanging(Session):
    def next_exercise(self, exercise: Exercise) -> Exercise | None:
        threading.Event().wait()
        return None


class OnDisk(Session):
    """Files and progress are a real workspace's."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / f"tutor-{os.getpid()}")  # its packs are nobody else's
        from tutor.workspace import Workspace

        self.folder = folder

        self.real = Workspace.open(folder / "files")
        self.real.enter()
        self.workspace: Any = self.real

    def open(self, exercise: Exercise) -> Path:
        path = self.real.ensure(exercise)
        self.real.opened(exercise.key)
        return path

    def states(self) -> Mapping[str, State]:
        return self.real.states()

    def _keep(self, exercise: Exercise, source: bytes, report: Report) -> None:
        from tutor.workspace import Attempt

        self.real.record(Attempt(exercise.key, source, report))


def main(folder: Path, scenes: list[str]) -> int:
    if "impatient" in scenes:
        leaving.LAST_RESORT = 1.0
    if "fails" in scenes:
        from tutor.app.app import TutorApp

        def fail(self: TutorApp) -> None:
            typed = SECRET
            raise LookupError(f"no such thing, {len(typed)}")

        TutorApp.action_light = fail  # type: ignore[method-assign]
    kinds: dict[str, type[Session]] = {"hangs": Hanging, "disk": OnDisk, "woken": Woken}
    kind = next((kinds[scene] for scene in scenes if scene in kinds), Session)
    language = "ja" if "ja" in scenes else "en"
    choice = None if "first" in scenes else Choice(language, folder)
    return run(lambda choice: kind(folder), choice=choice, folder=folder, remember=print)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
