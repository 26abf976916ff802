"""On which line of a TOML text a key stands. Asked only once something is wrong, so it may take its time."""

from __future__ import annotations

import tomllib
from typing import Any

from tutor.catalog.problems import KeyPath

_PATIENCE = 1_000_000
"""Characters to parse, all in all, for one text (under a second); after that, problems have no line."""


class _TooMuchWork(Exception):
    pass


class TomlLines:
    """Finds lines by parsing beginnings of the text: a key stands where the shortest beginning that holds it ends.

    So there is no second TOML parser to disagree with the first.
    """

    def __init__(self, text: str) -> None:
        """``text`` must be valid TOML."""
        # TOML ends a line at \\n or \\r\\n alone; splitlines would break at other characters too.
        self._lines = text.split("\n")
        self._left = _PATIENCE
        self._parsed: dict[int, dict[str, Any] | None] = {}

    def line(self, path: KeyPath) -> int | None:
        """The line (from 1) where ``path`` or its nearest parent begins.

        None where that is the whole document, or where it takes too long to find.
        """
        try:
            return self._search(path)
        except _TooMuchWork:
            return None

    def _search(self, path: KeyPath) -> int | None:
        parts = list(path)
        whole = len(self._lines)
        while parts and not self._holds(whole, parts):
            parts.pop()
        if not parts:
            return None
        low, high = 0, whole  # the first `high` lines hold it, the first `low` do not
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._holds(middle, parts) else (middle, high)
        # The lines between belong to the same value (a string of several lines), whose first line is the one to name.
        return self._last_complete(low) + 1

    def _holds(self, count: int, path: KeyPath) -> bool:
        value: Any = self._parse(self._last_complete(count)) or {}
        for part in path:
            try:
                value = value[part]
            except (LookupError, TypeError):
                return False
        return True

    def _last_complete(self, count: int) -> int:
        """The largest number of lines, up to ``count``, that parse."""
        return next((n for n in range(count, 0, -1) if self._parse(n) is not None), 0)

    def _parse(self, count: int) -> dict[str, Any] | None:
        if count not in self._parsed:
            beginning = "\n".join(self._lines[:count])
            self._left -= len(beginning)
            if self._left < 0:
                raise _TooMuchWork
            # With a bracket added, each line of a list written over several lines counts as well.
            self._parsed[count] = _loads(beginning) if count else {}
            if self._parsed[count] is None:
                self._parsed[count] = _loads(beginning + "\n]")
        return self._parsed[count]


def _loads(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None
