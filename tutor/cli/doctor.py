"""``doctor``: whether the tutor can work here, and what is missing."""

from __future__ import annotations

import asyncio
import importlib.metadata
import platform
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import click

from tutor.cli import paper
from tutor.cli.ending import TROUBLE
from tutor.cli.root import Command
from tutor.cli.wiring import Wiring, load_catalog
from tutor.grading.cuda import look_for_cuda as _look_for_cuda
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.catalog import Catalog

Level = Literal["good", "odd", "bad"]


def doctor_command() -> click.Command:
    return Command(
        "doctor",
        _doctor,
        short=_("Whether the tutor can work here, and what is missing."),
        text=_("Exit status: 0 where it can work, 2 where it cannot."),
    )


class Findings:
    """What was found, printed as it is found."""

    def __init__(self) -> None:
        self.works = True

    def add(self, level: Level, name: str, text: str) -> None:
        """``bad`` is what the tutor cannot work with; ``odd`` it can, with the loss that ``text`` names."""
        self.works = self.works and level != "bad"
        mark, word, style = {
            "good": ("✓", _("good"), "green"),
            "odd": ("!", _("note"), "yellow"),
            "bad": ("✗", _("bad"), "red"),
        }[level]
        columns = max(map(paper.width, (_("good"), _("note"), _("bad"))))
        paper.say((f"{mark} {paper.padded(word, columns)}", style), "  ", (name, "bold"), f": {text}")


def _doctor(wiring: Wiring) -> int:
    from tutor.catalog import PackError

    found = Findings()
    _libraries(found)
    _settings(found, wiring)
    _workspace(found, wiring)
    try:
        catalog = load_catalog()
    except PackError as error:
        found.add("bad", _("Exercises"), str(error))
    else:
        _packs(found, catalog)
        asyncio.run(_engine(found, wiring, catalog))
        _server(found)
    paper.say()
    paper.say((_("The tutor can work here.") if found.works else _("The tutor cannot work here yet."), "bold"))
    return 0 if found.works else TROUBLE


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _libraries(found: Findings) -> None:
    found.add("good", "Python", f"{platform.python_version()} ({sys.executable})")
    for name, needed in (("torch", True), ("torchvision", False), ("pytest", True), ("scikit-learn", False)):
        version = _version(name)
        if version is not None:
            found.add("good", name, version)
        elif needed:
            found.add("bad", name, _("not installed; nothing can be graded without it"))
        else:
            found.add("odd", name, _("not installed; exercises that need it cannot be graded"))
    if (version := _version("textual")) is not None:
        found.add("good", "textual", version)
    else:
        found.add("odd", "textual", _("not installed; the app needs it, the commands do not"))


def _settings(found: Findings, wiring: Wiring) -> None:
    from tutor.workspace import SettingsError, settings_file

    file = settings_file()
    try:
        wiring.settings  # noqa: B018 - read for the exception
    except SettingsError as error:
        found.add("bad", _("Settings"), str(error))
    else:
        found.add("good", _("Settings"), str(file) if file.exists() else _("{file} (not there yet)").format(file=file))


def _workspace(found: Findings, wiring: Wiring) -> None:
    from tutor.workspace import SettingsError, WorkspaceError

    name = _("Your work")
    try:
        workspace = wiring.workspace
        with tempfile.TemporaryFile(dir=workspace.folder):
            pass
    except SettingsError:
        found.add("bad", name, _("its folder is not known while the settings cannot be read"))
    except WorkspaceError as error:
        found.add("bad", name, str(error))
    except OSError as error:
        text = _("{folder} cannot be written ({reason}): what is there can be graded, new exercises cannot be begun")
        found.add("odd", name, text.format(folder=wiring.folder, reason=error.strerror or error))
    else:
        if workspace.problem is None:
            found.add("good", name, str(workspace.folder))
        else:
            found.add("odd", name, workspace.problem)


def _packs(found: Findings, catalog: Catalog) -> None:
    for pack in catalog.packs:
        text = _("{count} exercises in {folder}").format(count=len(pack.exercises), folder=pack.folder)
        found.add("good", _("Pack {name}").format(name=pack.name), text)
    for problem in catalog.problems:
        found.add("odd", _("Pack left out"), str(problem))
    if not catalog.exercises:
        found.add("bad", _("Exercises"), _("no pack can be used, so there is nothing to learn"))


async def _engine(found: Findings, wiring: Wiring, catalog: Catalog) -> None:
    from tutor.cli.wiring import make_engine
    from tutor.grading import EngineDied
    from tutor.workspace import SettingsError, default_workspace

    try:
        folder = wiring.folder
    except SettingsError:
        folder = default_workspace()
    _cuda(found, await _look_for_cuda())
    began = time.monotonic()
    try:
        async with make_engine(catalog, folder) as engine:
            status = await engine.ready()
    except (EngineDied, OSError) as error:
        found.add("bad", _("Engine"), str(error))
        return
    found.add("good", _("Engine"), _("ready after {seconds:.1f} s").format(seconds=time.monotonic() - began))
    for name, (protection, loss) in confinement_words().items():
        title = _("Protection {name}").format(name=name)
        if name in status.confinement:
            found.add("good", title, protection)
        else:
            found.add("odd", title, _("not available here: {loss}").format(loss=loss))


def _server(found: Findings) -> None:
    """The per-user server: nothing here starts one."""
    from tutor.cli.server import lines
    from tutor.grading import private

    name = _("Server")
    try:
        if private.idle_minutes() == 0:
            text = _("none, because {variable} is 0: each `tutor check` loads PyTorch anew")
            found.add("good", name, text.format(variable=private.IDLE_VARIABLE))
            return
        running = lines()
    except private.NoServer as error:
        loss = _("each `tutor check` loads PyTorch anew")
        found.add("odd", name, f"{loss} ({error})" if str(error) else loss)
        return
    for line in running:
        found.add("good", name, line)
    if not running:
        found.add("good", name, _("none is running; `tutor check` starts one, and the next checks are quick"))


def _cuda(found: Findings, answer: Mapping[str, object] | None) -> None:
    if answer is None:
        found.add("bad", "torch", _("cannot be imported here: `python -c 'import torch'` says why"))
        return
    devices = answer.get("devices")
    if isinstance(devices, list) and devices:
        found.add("good", "CUDA", f"{answer['cuda']}: {', '.join(devices)}")
    elif answer.get("cuda") is None:
        found.add("good", "CUDA", _("this torch is built without it: everything runs on the CPU"))
    else:
        found.add("good", "CUDA", _("no GPU seen: everything runs on the CPU"))


def confinement_words() -> dict[str, tuple[str, str]]:
    """For each name in ``tutor.grading.options.NAMES``: what it does for the learner, and what its absence means."""
    return {
        "user": (
            _("graded code has a namespace of its own, without rights outside"),
            _("the system gives ordinary users no namespaces, so most of the protections below are missing too"),
        ),
        "network": (
            _("graded code cannot reach the network"),
            _("graded code can reach the network"),
        ),
        "ipc": (
            _("graded code cannot reach the shared memory of your programs"),
            _("graded code can reach the shared memory of your programs"),
        ),
        "mount": (
            _("graded code sees file systems of its own"),
            _("graded code sees the same file systems as you"),
        ),
        "tmpfs": (
            _("what graded code writes stays in memory, in limited space, and is gone afterwards"),
            _("what graded code writes goes to the disk, into the folder for temporary files"),
        ),
        "pid": (
            _("graded code cannot see or end your programs, and everything it starts ends with it"),
            _("graded code can see and end your programs; what it leaves running is looked for and ended"),
        ),
        "proc": (
            _("graded code sees no processes but its own in /proc"),
            _("graded code can look up all processes in /proc"),
        ),
        "tree": (
            _("graded code has a file tree of its own, with the libraries and its folder in it and nothing of yours"),
            _("graded code sees the whole file tree; Landlock, if it is there, keeps it from your files"),
        ),
        "landlock": (
            _("graded code can read libraries and its own folder, and no other file of yours"),
            _("graded code can read and change your files, and read the solutions"),
        ),
        "calls": (
            _("system calls that no exercise needs are refused: tracing other programs, key rings, new namespaces"),
            _("graded code can make every system call that you can"),
        ),
        "limits": (
            _("memory and the size of files are limited"),
            _("graded code can take all memory and fill the disk"),
        ),
    }
