"""Copying to the clipboard of the terminal that the learner sits at, which may be far from this machine."""

from __future__ import annotations

import asyncio
import os
import subprocess
from typing import TYPE_CHECKING, Any

from tutor.locale import _, plural

if TYPE_CHECKING:
    from textual.app import App

SHOWN = 40
"""Characters of the first line that the notice quotes."""


async def copy(app: App[Any], text: str) -> bool:
    """Copy ``text``; False where it is known that it may not arrive.

    The terminal is asked by an escape sequence (OSC 52), which goes through SSH. tmux ignores that from programs
    inside it unless ``set-clipboard`` is ``on``, but passes on what its own command is given.
    """
    app.copy_to_clipboard(text)
    if not os.environ.get("TMUX"):
        return True
    return await asyncio.to_thread(_into_tmux, text)


def _into_tmux(text: str) -> bool:
    command = ["tmux", "load-buffer", "-w", "-"]  # -w: to the terminal's clipboard as well; since tmux 3.2
    try:
        done = subprocess.run(command, input=text.encode("utf-8"), capture_output=True, timeout=2, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def said(text: str | None, number: int, total: int, *, in_doubt: bool = False) -> str:
    """What is said about the copy of ``text``, number ``number`` of ``total`` on the page."""
    if text is None:
        return _("There is no code on this page.")
    lines = text.split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    first = first if len(first) <= SHOWN else f"{first[:SHOWN]}…"
    words = plural(
        "Sent {count} line of code to the clipboard: {first}",
        "Sent {count} lines of code to the clipboard, from: {first}",
        len(lines),
    )
    parts = [words.format(count=len(lines), first=first)]
    if total > 1:
        more = _("That was {number} of {total} on this page; once more for the next.")
        parts.append(more.format(number=number + 1, total=total))
    if in_doubt:
        parts.append(_("If it does not arrive: tmux passes it on after `tmux set -s set-clipboard on`."))
    return "\n".join(parts)
