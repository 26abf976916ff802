"""The learner's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tutor.locale import _

T = TypeVar("T")

WINDOWED = frozenset(
    (
        *("atom", "code", "code-insiders", "codium", "cursor", "gedit", "geany", "gnome-text-editor", "gvim", "idea"),
        *("kate", "kwrite", "mate", "mousepad", "notepadqq", "pluma", "pycharm", "spyder", "subl", "windsurf", "xed"),
        *("xdg-open", "zed"),
    )
)
"""Editors with a window of their own: the screen stays, and nobody waits for them."""


class EditorError(Exception):
    """The editor cannot be used. The text says why, in words for the learner."""


def find_editor(environment: Mapping[str, str] | None = None, *, chosen: str | None = None) -> list[str] | None:
    """The command that the learner has ``chosen``, else ``$VISUAL``, else ``$EDITOR``, split as a shell would.

    None where there is none.

    Raises:
        EditorError: it cannot be understood.
    """
    environment = os.environ if environment is None else environment
    named = {_("The editor in your settings"): chosen or ""}
    named |= {f"${name}": environment.get(name, "") for name in ("VISUAL", "EDITOR")}
    for name, value in named.items():
        if value.strip():
            try:
                return shlex.split(value)
            except ValueError:
                said = _("{name} cannot be understood: {value}")
                raise EditorError(said.format(name=name, value=value.strip())) from None
    return None


def is_windowed(command: Sequence[str]) -> bool:
    return Path(command[0]).name in WINDOWED


def start_windowed(command: Sequence[str], file: Path) -> None:
    """Start the editor and return at once; it outlives the tutor."""
    _guard(
        command,
        lambda: subprocess.Popen(
            [*command, str(file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ),
    )


def run_in_terminal(command: Sequence[str], file: Path) -> None:
    """Run the editor in this terminal until it ends.

    Raises:
        EditorError: it could not be started, or ended with an error.
    """
    status = _guard(command, lambda: subprocess.run([*command, str(file)], check=False).returncode)
    if status:
        raise EditorError(_("{editor} ended with status {status}.").format(editor=command[0], status=status))


def _guard(command: Sequence[str], start: Callable[[], T]) -> T:
    try:
        return start()
    except FileNotFoundError:
        raise EditorError(_("There is no editor {editor}.").format(editor=command[0])) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise EditorError(_("{editor} cannot be started: {why}").format(editor=command[0], why=why)) from None
