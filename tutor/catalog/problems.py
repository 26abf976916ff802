"""What is wrong with a pack: where it stands, and a sentence about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

KeyPath = Sequence[str | int]
"""Where a value stands in a manifest: ``("requirements", 2, "sentence", "ja")``."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Problem(msgspec.Struct, frozen=True):
    """One thing that its author has to put right before a pack loads."""

    file: Path
    key: str
    """The key of a manifest (``requirements[2].sentence.ja``; indices from 0), or the test, FAQ entry or language
    that the sentence is about; empty where it is about the file."""
    line: int | None
    """From 1; None where the file, or what is missing from it, has no line."""
    message: str

    def __str__(self) -> str:
        """``file:line: key: message``, without what there is none of."""
        file = str(self.file)
        if not file.isprintable():  # names on disk may hold anything, escape sequences and broken UTF-8 included
            file = file.encode("unicode_escape").decode("ascii")
        where = file if self.line is None else f"{file}:{self.line}"
        return ": ".join(part for part in (where, self.key, self.message) if part)


class PackError(Exception):
    """A pack cannot be used. ``problems`` holds everything found wrong with it, never nothing."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def key_text(path: KeyPath) -> str:
    """``path`` as one writes it: ``requirements[2].sentence.ja``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            # repr keeps line breaks and escape sequences of a hostile key out of the terminal.
            text += ("." if text else "") + (part if _BARE_KEY.fullmatch(part) else repr(part))
    return text
