"""Every key that works on a screen (`?`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tutor.app.actions import ACTIONS, EVERYWHERE, HELP_WINDOW, PALETTE, Action, bindings, key_display, key_of, label
from tutor.app.choosing import GROUPS
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.modal import TutorModal
from tutor.app.words import N_
from tutor.grading.options import NAMES
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.app.ports import LearnerSession

NARROW = 60
"""Columns below which what a key does stands under it."""
MOVING: tuple[tuple[str, str], ...] = (
    ("↑ ↓", N_("Move or scroll.")),
    ("PgUp PgDn", N_("Move or scroll by a page.")),
    ("Home End", N_("Go to the beginning or the end.")),
    ("Tab", N_("Go to the next part of the screen.")),
)


EVERYWHERE_WORDS = GROUPS["app"]
LETTERS = {"home": ("k j", "", "g G", ""), "settings": ("k j", "", "", "")}
"""What does the same on a screen that has them, key by key of ``MOVING``."""


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
        self._own = own
        self._place = next((name for name, actions in ACTIONS.items() if own and actions is own), "")
        """Where ``own`` work, as ``ACTIONS`` calls it."""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield from self._group("own", self._own)
            yield from self._group("everywhere", (*EVERYWHERE, PALETTE))
            yield Static(id="moving", classes="group", markup=False)
            for (keys, about), letters in zip(MOVING, LETTERS.get(self._place, ("",) * len(MOVING)), strict=True):
                yield KeyRow(f"{keys} {letters}".rstrip(), Action("", "", "", "", about))
            yield Static(id="help-fence", markup=False)
            yield Static(id="help-close")

    def _group(self, id: str, actions: tuple[Action, ...]) -> ComposeResult:
        yield Static(id=id, classes="group", markup=False)
        for action in actions:
            yield KeyRow(key_display(self.app, action), action)

    def on_mount(self) -> None:
        self.say()

    def on_resize(self) -> None:
        self.set_class(self.app.size.width < NARROW, "-narrow")  # the event's size may no longer be true

    def say(self) -> None:
        self.query_one("#help", VerticalScroll).border_title = _("Keys")
        own = self.query_one("#own", Static)
        own.update(_(GROUPS[self._place]) if self._place in GROUPS else "")
        own.display = self._place in GROUPS
        self.query_one("#everywhere", Static).update(_(EVERYWHERE_WORDS))
        self.query_one("#moving", Static).update(_("Moving"))
        self._line_up()
        fence = self.query_one("#help-fence", Static)
        fence.update(self._fence())
        fence.display = bool(self._fence())
        closing = _("{key} closes this window.").format(key=key_of(self.app, "help.close"))
        self.query_one("#help-close", Static).update(closing)

    def _line_up(self) -> None:
        """Each column is as wide as its longest words."""
        rows = list(self.query(KeyRow))
        for row in rows:
            row.say()
        for part in ("key", "label"):
            found = [row.query_one(f".{part}", Static) for row in rows]
            width = 2 + max(cell_len(str(one.content)) for one in found)
            for one in found:
                one.styles.width = width

    def _fence(self) -> str:
        """How well graded code is kept to itself on this machine."""
        session: LearnerSession | None = getattr(self.app, "session", None)
        if session is None:
            return ""
        active = session.status.confinement
        if not active:
            return _("What graded code is kept from is known once the engine is warm.")
        missing = [name for name in NAMES if name not in active]
        if not missing:
            return _("Graded code runs with every protection there is ({names}).").format(names=", ".join(NAMES))
        said = _("Graded code runs without: {names}. `tutor doctor` says what that means.")
        return said.format(names=", ".join(missing))

    def action_close(self) -> None:
        self.dismiss(None)
