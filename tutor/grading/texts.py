"""Texts that come from a submission: made fit for a screen before anything shows or keeps them."""

from __future__ import annotations

import re

MOST_CHARACTERS = 4000
MOST_NAME = 100
# What turns the direction of a line, or takes no room in it: a sentence must read as it is.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text: str, most: int | None = MOST_CHARACTERS) -> str:
    """``text`` without control characters and sequences (tabs and line ends stay), at most ``most`` characters long."""
    if most is not None and len(text) > 2 * most:
        text = text[: 2 * most]  # a sequence may be cut in two here: what remains of it is printable
    text = _UNSEEN.sub("", _CONTROL.sub("", text.replace("\r\n", "\n")))
    return text if most is None or len(text) <= most else text[: most - 1] + "…"


def name(text: str) -> str:
    """A name in one line."""
    return clean(text.replace("\n", " "), MOST_NAME)


def encodable(text: str) -> str:
    """``text`` with a question mark for each half of a character, which no encoding has."""
    return text.encode("utf-8", "replace").decode("utf-8")
