"""What the terminal can show besides text.

Terminals are known by their names, which also come through SSH. Asking them would not do: Konsole answers that it knows
the protocol and prints its placeholders as text, and an answer that comes late would be taken for keys.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.app.drawing import Colours, Graphics, Look

if TYPE_CHECKING:
    from textual.app import App

VARIABLE = "TUTOR_GRAPHICS"
"""``off``: no pictures but of text. ``kitty``: the terminal knows kitty's placeholders, whatever its name."""
_TERMS = frozenset({"xterm-kitty", "xterm-ghostty"})
_PROGRAMS = frozenset({"kitty", "ghostty"})


def look_of(app: App[Any]) -> Look:
    """The colours of ``app``'s terminal, whether it is dark, and how pictures get to it."""
    # Where there is no terminal, a picture of the screen has all colours.
    system = "truecolor" if app.is_headless else app.console.color_system
    # In a browser TERM is that of the terminal which serves.
    graphics = graphics_of(os.environ, system) if not (app.is_headless or app.is_web or app.no_color) else ""
    return Look(colours_of(app.no_color, system), graphics, app.current_theme.dark)


def colours_of(no_color: bool, system: str | None) -> Colours:
    """``system`` as rich names it: truecolor, 256, standard, windows, or None."""
    if no_color or system is None:
        return "none"
    return "sixteen" if system in ("standard", "windows") else "many"


def graphics_of(environment: Mapping[str, str], system: str | None) -> Graphics:
    """How pictures get to the terminal that ``environment`` tells of."""
    wish = environment.get(VARIABLE, "").strip().lower()
    if system not in ("truecolor", "256") or wish in ("off", "no", "0", "none"):
        return ""
    found: Graphics = "kitty" if system == "truecolor" else "kitty256"
    if wish == "kitty":
        return found
    term = environment.get("TERM", "")
    # What stands between passes on what it knows, which pictures are not.
    between = any(environment.get(name) for name in ("TMUX", "STY", "ZELLIJ")) or term.startswith(("tmux", "screen"))
    known = term in _TERMS or environment.get("TERM_PROGRAM", "").lower() in _PROGRAMS
    return found if known and not between else ""
