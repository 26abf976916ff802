"""What all screens share: their actions, and words that follow the language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.keys import key_to_character
from textual.reactive import Reactive
from textual.screen import Screen

from tutor.app.actions import Action, label
from tutor.locale import _

if TYPE_CHECKING:
    from textual.binding import ActiveBinding
    from textual.events import Resize, ScreenResume
    from textual.widget import Widget

    from tutor.app.app import TutorApp


def translated(bindings: dict[str, ActiveBinding], unshown: frozenset[str] = frozenset()) -> dict[str, ActiveBinding]:
    """Footers and tooltips read the bindings each time they are shown; their words are catalogue keys until here."""
    return {
        key: active._replace(
            binding=replace(
                active.binding,
                show=active.binding.show and active.binding.id not in unshown,
                description=label(active.binding.id, active.binding.description) if active.binding.description else "",
                tooltip=_(active.binding.tooltip) if active.binding.tooltip else "",
            ),
            tooltip=_(active.tooltip) if active.tooltip else "",
        )
        for key, active in bindings.items()
    }


PUNCTUATION = {"slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_"}
"""What the keys type whose names Textual has made shorter, and then no longer knows the characters of."""


def _typed(key: str) -> str | None:
    return PUNCTUATION.get(key) or key_to_character(key)


def pass_over_stale_size(screen: Screen[Any], event: Resize) -> None:
    """Keep Textual from laying ``screen`` out in a size that is no longer true.

    It answers every such event with a layout in the event's size, and every layout in another size than the last with
    an event: of two that are under way at once each would bring up the other for ever.
    """
    if event.size != screen.app.size:
        event.prevent_default()


class TutorScreen(Screen[None]):
    """A full screen."""

    ACTIONS: ClassVar[tuple[Action, ...]] = ()
    UNSHOWN: ClassVar[frozenset[str]] = frozenset()
    """Ids of actions of the whole app for which this screen's footer has no room."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """What has the focus. Textual paints the whole screen anew when that changes; who looks different then says so."""
    _resumed = False

    @property
    def tutor(self) -> TutorApp:
        """The app, by its own type."""
        return cast("TutorApp", self.app)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        found = super().active_bindings
        focused = self.focused
        if focused is not None:  # while one types, a letter is a letter
            found = {k: b for k, b in found.items() if not focused.check_consume_key(k, _typed(k))}
        return translated(found, self.UNSHOWN)

    async def may_leave(self) -> bool:
        """Whether this screen can be closed now; where something would be lost by it, the learner is asked."""
        return True

    async def action_copy_code(self) -> None:
        """Copy code from the page with the focus, or else from the first one that is shown."""
        from tutor.app.widgets.page_pane import PagePane

        shown = [pane for pane in self.query(PagePane) if pane.display]
        pane = next((pane for pane in shown if pane.has_focus), next(iter(shown), None))
        if pane is None:
            self.notify(_("There is no page in sight to copy from."))
        else:
            await pane.copy_code()

    async def _on_resize(self, event: Resize) -> None:
        pass_over_stale_size(self, event)

    def _on_screen_resume(self, event: ScreenResume) -> None:
        # Textual styles all widgets of a screen that comes to the top, because they may have missed a new theme. Those
        # that have only just been mounted have not, and would hold the first paint up by as much as mounting them.
        if not self._resumed:
            self._resumed = True
            event.refresh_styles = False

    def say(self) -> None:
        """See ``tutor.app.words.Speaking``."""
