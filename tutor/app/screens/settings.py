"""What the learner has chosen: language, theme, device, editor, folder, keys. Each change holds at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.app.actions import CHOOSING, SETTINGS, Action, bindings, key_display, label
from tutor.app.choosing import (
    device_name,
    device_words,
    editor_problem,
    environments_editor,
    gpu_words,
    readable,
    rebindable,
    theme_words,
    with_labels,
)
from tutor.app.folders import short
from tutor.app.hanging import hanging
from tutor.app.keymap import understand
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.confirm import ConfirmScreen
from tutor.app.screens.pick import KeyScreen, PickScreen, TypeScreen
from tutor.app.widgets.catalog_lines import fit
from tutor.app.widgets.key_line import KeyLine
from tutor.app.widgets.status_line import StatusLine
from tutor.locale import LANGUAGE_NAMES, LANGUAGES, _, current

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.app.choice import Preferences
    from tutor.app.ports import Device

DEVICES: tuple[Device, ...] = ("auto", "cpu", "cuda")
OWN = "builtin"
KEY = "key "
"""What the ids of the lines of keys begin with."""
QUIET = "$foreground 60%"
EDGES = 6
"""Columns that no words may take: the list's padding, each line's, and the scrollbar, with one to spare."""


class Lines(OptionList, inherit_bindings=False):
    """Enter is the screen's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", show=False),
        Binding("down,j", "cursor_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
    ]


class SettingsScreen(TutorScreen):
    """One line for each setting and for the keys of each action; enter changes it."""

    CSS_PATH = "settings.tcss"
    ACTIONS = CHOOSING
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "#settings"
    UNSHOWN = frozenset({SETTINGS.id})

    lines = getters.query_one("#settings", OptionList)

    def __init__(self) -> None:
        super().__init__()
        self._gpus: Mapping[str, object] | None = None
        self._asked = False
        """Whether torch has said which GPUs there are."""

    def compose(self) -> ComposeResult:
        yield Static(_("Settings"), id="heading", markup=False)
        yield Lines(*self._options(), id="settings", markup=False)
        yield Static(id="about", markup=False)
        status = StatusLine(self.tutor)
        status.display = self.tutor.folder is not None  # before that nothing happens that could be said
        yield status
        yield KeyLine()

    def say(self) -> None:
        if not self.is_mounted:
            return
        self.query_one("#heading", Static).update(_("Settings"))
        for option in self._options():  # the same lines in other words: cursor and scrolling stay
            if option.id is not None:
                self.lines.replace_option_prompt(option.id, option.prompt)
        self._say_about()
        self.query_one(StatusLine).say()

    def on_resize(self, event: events.Resize) -> None:
        self.say()

    @property
    def _wishes(self) -> Preferences:
        return self.tutor.preferences

    def _prefer(self, **changed: object) -> None:
        self.tutor.prefer(self._wishes._replace(**changed))  # type: ignore[arg-type]
        self.say()

    # The lines

    def _options(self) -> Iterator[Option]:
        settings = {
            "language": (_("Language"), LANGUAGE_NAMES[current()]),
            "theme": (_("Theme"), self.tutor.theme),
            "device": (_("Device"), device_name(self._wishes.device)),
            "editor": (_("Editor"), self._editor()),
            "folder": (_("Folder"), self._folder()),
        }
        width = max(cell_len(name) for name, _value in settings.values()) + 2
        for id, (name, value) in settings.items():
            room = max(1, self.app.size.width - EDGES)
            lines = hanging(Content(fit(name, width)), Content.styled(value, "bold"), room)
            yield Option(Content("\n").join(lines), id=id)
        for number, (group, actions) in enumerate(rebindable()):
            words = Content.styled(_("Keys: {place}").format(place=_(group)), "$text-primary bold")
            yield Option(Content("\n") + words, id=f"head {number}", disabled=True)
            for action in actions:
                yield Option(self._key_line(action), id=KEY + action.id)
        yield Option(_("Give all actions their own keys back"), id="reset")

    def _key_line(self, action: Action) -> Content:
        mine = action.id in self._wishes.keys
        keys = f"{key_display(self.app, action)}{' *' if mine else ''}"
        room = self.app.size.width - EDGES
        name, key = max(12, min(22, room // 3)), 12
        return Content.assemble(
            f"  {fit(label(action.id, action.label) or action.id, name)} ",
            (fit(keys, max(key, cell_len(keys) + 1)), "bold $text-accent" if mine else "bold"),
            (fit(_(action.about), room - name - max(key, cell_len(keys) + 1) - 3), QUIET) if room > 60 else "",
        )

    def _editor(self) -> str:
        match self._wishes.editor:
            case None:
                return environments_editor() or _("the built-in one, because $VISUAL and $EDITOR name none")
            case "builtin":
                return _("the built-in one")
            case command:
                return command

    def _folder(self) -> str:
        folder = self.tutor.folder
        return short(folder) if folder is not None else _("not chosen yet")

    @on(OptionList.OptionHighlighted)
    def _say_about(self) -> None:
        at = self.lines.highlighted
        id = self.lines.get_option_at_index(at).id if at is not None else None
        self.query_one("#about", Static).update(self._about(id or ""))

    def _about(self, id: str) -> str:
        match id:
            case "theme":
                return _("You see each theme while you move through them.")
            case "device":
                words = _("Where your code is graded: {device}.").format(device=device_words(self._wishes.device))
                return f"{words} {gpu_words(self._gpus)}" if self._asked else words
            case "editor":
                return _("What the key of “Edit” opens: the tutor's own editor, or a command.")
            case "folder":
                from tutor.workspace.settings import settings_file

                return _(
                    "Your files, and in .tutor your progress. To keep them elsewhere: leave the tutor, move the "
                    'folder, and write its new place as "workspace" into {file}.'
                ).format(file=short(settings_file()))
            case "reset":
                return _("Keys of your own are marked *.")
            case _ if id.startswith(KEY):
                action = self._actions[id.removeprefix(KEY)]
                return "\n".join((_(action.about), _("Keys of your own are marked *.")))
            case _:
                return _("A change holds at once, and the next time you start.")

    @property
    def _actions(self) -> dict[str, Action]:
        return {action.id: action for _group, actions in rebindable() for action in actions}

    # Changing

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        id = event.option_id or ""
        if id.startswith(KEY):
            self._choose_key(self._actions[id.removeprefix(KEY)])
        else:
            change: dict[str, Callable[[], object]] = {
                "language": self._choose_language,
                "theme": self._choose_theme,
                "device": self._choose_device,
                "editor": self._choose_editor,
                "reset": self._reset_keys,
            }
            change.get(id, lambda: None)()

    def action_change(self) -> None:
        self.lines.action_select()

    def action_default(self) -> None:
        """Put the default of the line under the cursor back."""
        at = self.lines.highlighted
        id = (self.lines.get_option_at_index(at).id or "") if at is not None else ""
        if id.startswith(KEY):
            keys = {action: key for action, key in self._wishes.keys.items() if action != id.removeprefix(KEY)}
            self._prefer(keys=keys)
        elif id in ("theme", "editor"):
            self._prefer(**{id: None})
        elif id == "device":
            self._prefer(device="auto")

    def action_back(self) -> None:
        self.dismiss()

    def _choose_language(self) -> None:
        def take(id: str | None) -> None:
            if id is not None:
                self.tutor.language = id

        options = [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES]
        self.app.push_screen(PickScreen(_("Language"), options, current()), take)

    def _choose_theme(self) -> None:
        before = self.tutor.theme

        def preview(id: str) -> None:
            self.tutor.theme = id

        def take(id: str | None) -> None:
            self.tutor.theme = before  # so that it changes where it is kept, and nowhere else
            if id is not None and id != before:
                self._prefer(theme=id)

        themes = self.tutor.available_themes
        names = sorted(
            (name for name, theme in themes.items() if readable(theme)),
            key=lambda name: (not name.startswith("tutor-"), themes[name].ansi, not themes[name].dark, name),
        )
        options = [(name, f"{name}  ({theme_words(themes[name])})") for name in names]
        self.app.push_screen(PickScreen(_("Theme"), options, before, preview=preview), take)

    def _choose_device(self) -> None:
        def take(id: str | None) -> None:
            if id is not None:
                self._prefer(device=id)

        options = [(device, f"{device_name(device)}: {device_words(device)}") for device in DEVICES]
        note = gpu_words(self._gpus) if self._asked else _("Looking for GPUs…")
        dialogue = PickScreen(_("Device"), options, self._wishes.device, note=note)
        self.app.push_screen(dialogue, take)
        if not self._asked:
            self._look_for_gpus(dialogue)

    @work(group="gpus", exclusive=True)
    async def _look_for_gpus(self, dialogue: PickScreen) -> None:
        session = self.tutor.session
        if session is None:
            return
        try:
            self._gpus = await session.look_for_cuda()
        except OSError as error:  # no process can be started
            dialogue.say_note(str(error))
            return
        self._asked = True
        dialogue.say_note(gpu_words(self._gpus))
        if self.is_mounted:
            self._say_about()

    def _choose_editor(self) -> None:
        environment = environments_editor()
        named = environment or _("none is named there")
        options = [
            (OWN, _("The built-in editor")),
            ("environment", _("$VISUAL or $EDITOR: {editor}").format(editor=named)),
            ("command", _("Another command…")),
        ]
        now = self._wishes.editor
        at = "environment" if now is None else now if now == OWN else "command"

        def typed(command: str | None) -> None:
            if command is not None:
                self._prefer(editor=command.strip())

        def take(id: str | None) -> None:
            match id:
                case "builtin":
                    self._prefer(editor=OWN)
                case "environment":
                    self._prefer(editor=None)
                case "command":
                    text = now if now is not None and now != OWN else environment
                    self.app.push_screen(TypeScreen(_("Command of your editor"), text, editor_problem), typed)

        self.app.push_screen(PickScreen(_("Editor"), options, at), take)

    def _choose_key(self, action: Action) -> None:
        def problem(key: str) -> str | None:
            before = understand(self._wishes.keys).problems
            now = understand({**self._wishes.keys, action.id: key}).problems
            said = next((said for said in now if said not in before), None)
            return None if said is None else with_labels(said)

        def take(key: str | None) -> None:
            if key is not None:
                self._prefer(keys={**self._wishes.keys, action.id: key})

        self.app.push_screen(KeyScreen(label(action.id, action.label) or action.id, problem), take)

    def _reset_keys(self) -> None:
        def take(answer: bool | None) -> None:
            if answer:
                self._prefer(keys={})

        question = _("Give all actions their own keys back? You have changed {count}.")
        if self._wishes.keys:
            said = question.format(count=len(self._wishes.keys))
            self.app.push_screen(ConfirmScreen(said, yes=_("Yes"), no=_("No")), take)
