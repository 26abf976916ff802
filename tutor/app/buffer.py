"""The bytes of a file as text to be edited, and back: what was not edited comes back to the last byte."""

from __future__ import annotations

import re
from typing import NamedTuple

from tutor.locale import _

BOM = "\ufeff"
_UNEDITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
"""Control characters, and what some take for the end of a line: an editor in a terminal would lose or obey them."""


class NotEditable(Exception):
    """The built-in editor cannot show a file without changing it. The text says why, in words for the learner."""


class Form(NamedTuple):
    """What of a file is not in its lines."""

    newline: str = "\n"
    """How its lines end: ``"\\n"``, ``"\\r\\n"`` or ``"\\r"``."""
    bom: bool = False
    """Whether it begins with a byte order mark."""
    mixed: bool = False
    """Whether its lines end in several ways; saved, they all end in ``newline``."""


def decode(content: bytes, name: str) -> tuple[str, Form]:
    """The text of ``content``, its lines parted by ``"\\n"`` alone, and what else is needed to write it again.

    Args:
        content: the file.
        name: what it is called.

    Raises:
        NotEditable: it is not UTF-8, or holds control characters.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotEditable(
            _("{file} is not UTF-8 (line {line}), so it cannot be edited here. Save it as UTF-8 with your own editor.")
            .format(file=name, line=line)
        ) from None  # fmt: skip
    bom = text.startswith(BOM)
    text = text.removeprefix(BOM)
    counts = {"\r\n": text.count("\r\n")}
    counts["\n"], counts["\r"] = text.count("\n") - counts["\r\n"], text.count("\r") - counts["\r\n"]
    used = [newline for newline in ("\n", "\r\n", "\r") if counts[newline]]
    newline = max(used, key=lambda newline: counts[newline], default="\n")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    odd = _UNEDITABLE.search(text)
    if odd is not None:
        line = text.count("\n", 0, odd.start()) + 1
        raise NotEditable(
            _("{file} holds the control character U+{code:04X} in line {line}, so it cannot be edited here. "
              "Take it out with your own editor.")
            .format(file=name, code=ord(odd.group()), line=line)
        )  # fmt: skip
    return text, Form(newline, bom, len(used) > 1)


def encode(text: str, form: Form) -> bytes:
    """``text``, its lines parted by ``"\\n"``, as the bytes of a file of this ``form``."""
    return f"{BOM if form.bom else ''}{text.replace(chr(10), form.newline)}".encode("utf-8", "replace")


def clean(text: str) -> str:
    """What was pasted or typed, fit for a buffer: lines parted by ``"\\n"``, no control characters."""
    return _UNEDITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class Change(NamedTuple):
    """How one text becomes another: what lies between two places (rows and columns, from 0) becomes ``text``."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def change(before: str, after: str) -> Change:
    """The one stretch in which ``before`` and ``after`` differ."""
    start = _alike(before, after)
    rest = min(len(before), len(after)) - start
    # From the end; what belongs to the beginning already does not count twice.
    same = _alike(before[::-1][:rest], after[::-1][:rest])
    end = len(before) - same
    return Change(_place(before, start), _place(before, end), after[start : len(after) - same])


def _alike(one: str, other: str) -> int:
    """With how many characters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1
