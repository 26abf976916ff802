"""``server``: the per-user server that makes ``tutor check`` quick; who is there, and how to end it."""

from __future__ import annotations

import time

import click

from tutor.cli import paper
from tutor.cli.errors import Refusal
from tutor.cli.groups import Group
from tutor.cli.root import Command
from tutor.cli.wiring import Wiring
from tutor.grading.private import IDLE_MINUTES, IDLE_VARIABLE
from tutor.locale import _


def server_command() -> click.Command:
    return Group(
        "server",
        {"status": "server", "stop": "server"},
        short=_("The server that keeps PyTorch loaded between two checks."),
        text=_(
            "`tutor check` starts it, and it leaves after {minutes} minutes without work. {variable} sets how many; "
            "with 0 there is none. `tutor check --no-server` does without it once."
        ).format(minutes=f"{IDLE_MINUTES:g}", variable=IDLE_VARIABLE),
    )


def status_command() -> click.Command:
    return Command("status", _status, short=_("Whether one is running, and since when."))


def stop_command() -> click.Command:
    return Command("stop", _stop, short=_("End it now; a check that it is grading is graded without it."))


def lines() -> list[str]:
    """A line on each server of this user.

    Raises:
        NoServer: there can be none here.
    """
    from tutor.grading import rendezvous

    found = []
    for lock, resident in rendezvous.residents():
        text = _("process {pid}, started {started}, last used {used}; leaves after {minutes} minutes without work")
        try:
            used = lock.stat().st_mtime
        except FileNotFoundError:  # it has just left
            continue
        minutes = f"{resident.idle_minutes:g}"
        found.append(text.format(pid=resident.pid, started=_when(resident.started), used=_when(used), minutes=minutes))
    return found


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _status(wiring: Wiring) -> int:
    from tutor.grading.private import NoServer

    try:
        found = lines()
    except NoServer as error:
        raise _refusal(error) from error
    for line in found:
        paper.say(line)
    if not found:
        paper.say(_("No server is running; `tutor check` starts one."))
    return 0


def _stop(wiring: Wiring) -> int:
    from tutor.grading import rendezvous
    from tutor.grading.private import NoServer

    try:
        found = rendezvous.residents()
    except NoServer as error:
        raise _refusal(error) from error
    for lock, resident in found:
        rendezvous.stop(lock, resident)
        paper.say(_("Process {pid} has ended.").format(pid=resident.pid))
    if not found:
        paper.say(_("No server is running."))
    return 0


def _refusal(error: Exception) -> Refusal:
    return Refusal(str(error) or _("This system has no servers that stay: each check starts an engine of its own."))
