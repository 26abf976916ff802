"""The palette (ctrl+p): every action of the screen under it, in the learner's language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tutor.app.actions import EVERYWHERE, Action, key_display, label
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.modal import TutorModal
from tutor.locale import _


class ActionsProvider(Provider):
    """Finds actions by their label or their sentence."""

    def _actions(self) -> Iterator[Action]:
        screen = self.screen
        if isinstance(screen, TutorScreen | TutorModal):
            for action in (*screen.ACTIONS, *EVERYWHERE):
                if screen.check_action(action.name.partition("(")[0], ()) is not False:
                    yield action

    def _title(self, action: Action) -> str:
        return f"{label(action.id, action.label)}   {_(action.about)}"

    async def discover(self) -> Hits:
        for action in self._actions():
            yield DiscoveryHit(self._title(action), partial(self._do, action), help=self._keys(action))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        found = False
        for action in self._actions():
            title = self._title(action)
            if (score := matcher.match(title)) > 0:
                found = True
                yield Hit(score, matcher.highlight(title), partial(self._do, action), help=self._keys(action))
        if not found:
            yield Hit(0, _("Nothing matches."), lambda: None)

    def _keys(self, action: Action) -> str:
        return _("Key: {key}").format(key=key_display(self.app, action))

    async def _do(self, action: Action) -> None:
        await self.screen.run_action(action.name)
