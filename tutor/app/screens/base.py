"""What all screens share: their actions, and words that follow the language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.screen import Screen

from tutor.app.actions import Action, label
from tutor.locale import _

if TYPE_CHECKING:
    from textual.binding import ActiveBinding

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


class TutorScreen(Screen[None]):
    """A full screen."""

    ACTIONS: ClassVar[tuple[Action, ...]] = ()
    UNSHOWN: ClassVar[frozenset[str]] = frozenset()
    """Ids of actions of the whole app for which this screen's footer has no room."""

    @property
    def tutor(self) -> TutorApp:
        """The app, by its own type."""
        return cast("TutorApp", self.app)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        return translated(super().active_bindings, self.UNSHOWN)

    def say(self) -> None:
        """See ``tutor.app.words.Speaking``."""
