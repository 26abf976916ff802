"""The last line of a screen: its keys, each with what it does; a click is as good as the key.

Textual's Footer shows the same, a widget a key. It learns its keys only after the first paint, makes those widgets anew
whenever the focus moves, and every screen pays for that before it can be used. This is one widget that draws one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.strip import Strip
from textual.widget import Widget

from tutor.app.actions import HELP, LANGUAGE, PALETTE, QUIT, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.screen import Screen


NARROW = 60
"""Columns below which the palette's key goes without its word."""
GOES_FIRST = (SETTINGS.name, LANGUAGE.name, QUIT.name)
"""What is left out first where there is no room for all, in this order; then what stands furthest to the right."""
STAYS = HELP.name
"""It tells of all that is left out."""


class Key(NamedTuple):
    """One key as it is shown."""

    action: str
    key: str
    """Textual's name of it."""
    shown: str
    words: str
    tooltip: str
    enabled: bool

    @property
    def width(self) -> int:
        return cell_len(f"{self.shown} {self.words}".rstrip())


class KeyLine(Widget):
    """The keys that work now. The palette's stands by itself, at the right end."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--words", "keys--edge", "keys--under"}
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;

        .keys--key { color: $footer-key-foreground; background: $footer-key-background; text-style: bold; }
        .keys--words { color: $footer-description-foreground; background: $footer-description-background; }
        .keys--edge { color: $foreground 20%; }
        .keys--under { color: $footer-key-foreground; background: $block-hover-background; }
    }
    """

    def __init__(self, *, palette: bool = True) -> None:
        """``palette``: whether its key is shown."""
        super().__init__()
        self._palette = palette
        self._keys: tuple[Key, ...] | None = None
        self._under: Key | None = None
        """The one under the mouse."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._look)

    def _look(self, screen: Screen[object]) -> None:
        """Other keys may work now."""
        before, self._keys = self._keys, None
        if self.is_attached and screen is self.screen and self.keys != before:
            self.refresh()

    @property
    def keys(self) -> tuple[Key, ...]:
        """What is shown, from left to right; the palette's key is not among them."""
        if self._keys is None:
            found: dict[str, Key] = {}
            for _node, binding, enabled, tooltip in self.screen.active_bindings.values():
                if binding.show and binding.action not in found:
                    shown = self.app.get_key_display(binding)
                    found[binding.action] = Key(
                        binding.action, binding.key, shown, binding.description, tooltip, enabled
                    )
            # In the order of the actions: a key of the learner's own would stand at the end.
            order = {name: index for index, name in enumerate(self._order())}
            self._keys = tuple(found[name] for name in sorted(found, key=lambda name: order.get(name, len(order))))
        return self._keys

    def _order(self) -> Iterator[str]:
        for node in (self.screen, self.app):
            for binding in Binding.make_bindings(node.BINDINGS):
                yield binding.action

    @property
    def _palette_key(self) -> Key | None:
        if not self._palette:
            return None
        active = self.screen.active_bindings.values()
        found = next((one for one in active if one.binding.action == PALETTE.name), None)
        if found is None:
            return None
        _node, binding, enabled, tooltip = found
        words = binding.description if self.size.width >= NARROW else ""
        return Key(binding.action, binding.key, self.app.get_key_display(binding), words, tooltip, enabled)

    @property
    def shown_keys(self) -> list[Key]:
        """Those of ``keys`` for which there is room: each is shown whole or not at all."""
        palette, shown = self._palette_key, list(self.keys)
        room = self.size.width - (palette.width + 2 if palette is not None else 0)
        while len(shown) > 1 and sum(key.width + 1 for key in shown) - 1 > room:
            names = [key.action for key in shown]
            least = next((name for name in GOES_FIRST if name in names), None)
            if least is None:
                least = next(name for name in reversed(names) if name != STAYS)
            del shown[names.index(least)]
        return shown

    def _places(self) -> Iterator[tuple[int, Key]]:
        """The column at which each key begins; the palette's comes first, and what stands under it is not seen."""
        palette = self._palette_key
        if palette is not None:
            yield self.size.width - palette.width - 1, palette
        x = 0
        for key in self.shown_keys:
            yield x, key
            x += key.width + 1

    def _key_at(self, x: int) -> Key | None:
        return next((key for start, key in self._places() if start <= x < start + key.width), None)

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, Style(bgcolor=self.rich_style.bgcolor)
        gap = Segment(" ", base)
        palette = self._palette_key
        left: list[Segment] = []
        for key in self.shown_keys:
            left += (*self._segments(key), gap)
        if palette is None:
            return Strip(left).adjust_cell_length(width, base)
        edge = Segment("▏", self.get_component_rich_style("keys--edge"))
        right = Strip([edge, *self._segments(palette), gap])
        return Strip.join([Strip(left).adjust_cell_length(max(0, width - right.cell_length), base), right])

    def _segments(self, key: Key) -> tuple[Segment, Segment]:
        extra = Style() if key.enabled else Style(dim=True)
        if key == self._under:
            extra += Style(bgcolor=self.get_component_rich_style("keys--under").bgcolor)
        return (
            Segment(key.shown, self.get_component_rich_style("keys--key") + extra),
            Segment(f" {key.words}" if key.words else "", self.get_component_rich_style("keys--words") + extra),
        )

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._point_at(self._key_at(event.x))

    def on_leave(self) -> None:
        self._point_at(None)

    def _point_at(self, key: Key | None) -> None:
        if key != self._under:
            self._under = key
            self.tooltip = key.tooltip if key is not None else None
            self.refresh()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        key = self._key_at(event.x)
        if key is None:
            return
        if key.enabled:
            self.app.simulate_key(key.key)
        else:
            self.app.bell()
