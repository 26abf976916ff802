"""Every key that works on a screen (`?`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tutor.app.actions import EVERYWHERE, HELP_WINDOW, PALETTE, Action, bindings, key_display, key_of, label
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.modal import TutorModal
from tutor.app.words import N_
from tutor.grading.options import NAMES
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.app.ports import LearnerSession

MOVING: tuple[tuple[str, str], ...] = (
    ("↑ ↓", N_("Move or scroll.")),
    ("PgUp PgDn", N_("Move or scroll by a page.")),
    ("Home End", N_("Go to the beginning or the end.")),
    ("Tab", N_("Go to the next part of the screen.")),
)


class KeyRow(Horizontal):
    """A key, its label and what it does."""

    def __init__(self, keys: str, action: Action) -> None:
        super().__init__()
        self._keys = keys
        self._action = action

    def compose(self) -> ComposeResult:
        yield Static(self._keys, classes="key", markup=False)
        yield Static(classes="label", markup=False)
        yield Static(classes="about", markup=False)

    def on_mount(self) -> None:
        self.say()

    def say(self) -> None:
        name = label(self._action.id, self._action.label) if self._action.label else ""
        self.query_one(".label", Static).update(name)
        self.query_one(".about", Static).update(_(self._action.about))


class HelpScreen(TutorModal[None]):
    """What the keys do on the screen that lies under this one."""

    CSS_PATH = "help.tcss"
    ACTIONS = HELP_WINDOW
    BINDINGS = bindings(ACTIONS)

    def __init__(self, about: Screen[Any]) -> None:
        super().__init__()
        own = about.ACTIONS if isinstance(about, TutorScreen | TutorModal) else ()
        self._actions = (*own, *EVERYWHERE, PALETTE)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            for action in self._actions:
                yield KeyRow(key_display(self.app, action), action)
            for keys, about in MOVING:
                yield KeyRow(keys, Action("", "", "", "", about))
            yield Static(id="help-fence", markup=False)
            yield Static(id="help-close")

    def on_mount(self) -> None:
        self.say()

    def say(self) -> None:
        self.query_one("#help", VerticalScroll).border_title = _("Keys")
        self.query_one("#help-fence", Static).update(self._fence())
        closing = _("{key} closes this window.").format(key=key_of(self.app, "help.close"))
        self.query_one("#help-close", Static).update(closing)

    def _fence(self) -> str:
        """How well graded code is kept to itself on this machine."""
        session: LearnerSession | None = getattr(self.app, "session", None)
        active = session.status.confinement if session is not None else ()
        if not active:
            return _("What graded code is kept from is known once the engine is warm.")
        missing = [name for name in NAMES if name not in active]
        if not missing:
            return _("Graded code runs with every protection there is ({names}).").format(names=", ".join(NAMES))
        said = _("Graded code runs without: {names}. `tutor doctor` says what that means.")
        return said.format(names=", ".join(missing))

    def action_close(self) -> None:
        self.dismiss(None)
