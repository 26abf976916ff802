"""Is a folder fit for the learner's files? Asked before anything is written."""

from __future__ import annotations

import os
from pathlib import Path

from tutor.locale import _


def parse_folder(text: str) -> Path | None:
    """What was typed, as an absolute path with ``~`` expanded; None where nothing was typed."""
    text = text.strip()
    return Path(os.path.abspath(Path(text).expanduser())) if text else None  # noqa: PTH100 (links stay as they are)


def folder_problem(folder: Path) -> str | None:
    """Why files cannot be kept in ``folder``, as a sentence; None where they can. Blocks."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return _("{path} is a file, not a folder.").format(path=existing)
    if not os.access(existing, os.W_OK | os.X_OK):
        return _("You may not write in {path}.").format(path=existing)
    return None


def shortened(sentence: str) -> str:
    """``sentence`` with ``~`` for the home folder wherever a path in it begins there."""
    return sentence.replace(f"{Path.home()}{os.sep}", f"~{os.sep}")


def short(path: Path) -> str:
    """``path`` with ``~`` for the home folder: the way one would type it."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except ValueError:
        return str(path)
