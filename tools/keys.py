"""Bring the tables of docs/keys.md up to date: ``python tools/keys.py``.

They are made from ``tutor.app.actions``, from which the app makes its keys, so that they say what holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import App

from tutor.app.actions import ACTIONS, key_display
from tutor.app.screens.help import LETTERS, MOVING

PAGE = Path(__file__).resolve().parent.parent / "docs" / "keys.md"
BEGINS, ENDS = "<!-- keys: made by tools/keys.py -->\n", "<!-- end of keys -->\n"
PLACES = {
    "app": "Everywhere",
    "welcome": "First start",
    "home": "List of exercises",
    "search": "Searching the list",
    "filter": "Filter",
    "exercise": "Exercise",
    "code": "Your file, as it is shown",
    "editor": "Built-in editor",
    "find": "Finding in the editor",
    "diff": "Comparison",
    "leave": "Leaving with unsaved text",
    "conflict": "The file was changed meanwhile",
    "found": "Unsaved text of last time was found",
    "progress": "Progress",
    "settings": "Settings",
    "pick": "Dialogues of the settings",
    "confirm": "Questions",
    "help": "Help",
}
"""Every screen of ``ACTIONS``, in the order of the page."""


def tables() -> str:
    """A table of keys for each screen, and one of the keys that move."""
    app: App[None] = App()
    parts = []
    for place, name in PLACES.items():
        rows = [(code(key_display(app, action)), action.about, f"`{action.id}`") for action in ACTIONS[place]]
        parts.append(f"### {name}\n\n{table(('key', 'what it does', 'id'), rows)}")
    rows = [(code(keys), about, "") for keys, about in MOVING]
    for place, letters in LETTERS.items():
        known = zip(MOVING, letters, strict=True)
        rows += [(code(more), f"The same as {code(keys)}.", PLACES[place]) for (keys, _about), more in known if more]
    parts.append(f"### Moving\n\n{table(('key', 'what it does', 'where'), rows)}")
    return "\n".join(parts)


def code(keys: str) -> str:
    """Each of ``keys``, which are parted by spaces, as code."""
    return " ".join(f"`{key}`" for key in keys.split())


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def renewed(page: str) -> str:
    """``page`` with the tables of today.

    Raises:
        ValueError: the page has no place for them.
    """
    before, begins, rest = page.partition(BEGINS)
    _old, ends, after = rest.partition(ENDS)
    if not (begins and ends):
        raise ValueError(f"{PAGE.name} lacks {BEGINS.strip()} or {ENDS.strip()}")
    return f"{before}{begins}\n{tables()}\n{ends}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
