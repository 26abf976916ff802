"""What all dialogues share. Apart from the full screens, of which one is painted first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.screen import ModalScreen, ScreenResultType

from tutor.app.actions import Action
from tutor.app.screens.base import pass_over_stale_size, translated

if TYPE_CHECKING:
    from textual.binding import ActiveBinding
    from textual.events import Resize


class TutorModal(ModalScreen[ScreenResultType]):
    """A dialogue."""

    ACTIONS: ClassVar[tuple[Action, ...]] = ()

    async def _on_resize(self, event: Resize) -> None:
        pass_over_stale_size(self, event)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        return translated(super().active_bindings)
