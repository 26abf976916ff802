"""Reversed text where Textual forgets it.

``Widget.get_visual_style`` (Textual 8.2) hands on every text style but ``reverse``, so that option lists and buttons
do not show it, though Textual's own style sheets ask for it where there are no colours. With the terminal's own
colours, or without any, there is no other way of marking a place. Installed when such a theme is worn first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from textual.style import Style
from textual.widget import Widget

_installed = False


def install() -> None:
    """From now on reversed is shown, with themes that use the terminal's own colours."""
    global _installed
    if _installed:
        return
    _installed = True
    original = cast("Callable[..., Style]", Widget.get_visual_style)

    def get_visual_style(self: Widget, *component_classes: str, partial: bool = False) -> Style:
        style = original(self, *component_classes, partial=partial)
        if not self.app.native_ansi_color:
            return style
        reverse = None if partial else self.styles.text_style.reverse
        for name in component_classes:
            own = self.get_component_styles(name).text_style.reverse
            reverse = reverse if own is None else own
        return style if reverse is None else style + Style(reverse=reverse)

    setattr(Widget, "get_visual_style", cast("Any", get_visual_style))  # noqa: B010 (mypy forbids assigning a method)
