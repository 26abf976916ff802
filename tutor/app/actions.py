"""Every action in one place: keys, footer, palette and help are made from it, and translated when they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from textual.app import App
from textual.binding import Binding, BindingType

from tutor.app.words import N_
from tutor.locale import LANGUAGE_NAMES, LANGUAGES, _, current


class Action(NamedTuple):
    """Something the learner can do on a screen."""

    id: str
    """Stable name, for a keymap of the user's own."""
    keys: str
    """Textual's names of the keys, by commas; the first is the one shown."""
    name: str
    """The ``action_…`` method of the screen or app."""
    label: str
    """One or two words, to be translated."""
    about: str
    """One sentence, to be translated: tooltip, palette and help."""
    show: bool = True
    """Whether it stands in the footer."""
    display: str | None = None
    """How the key is written, where Textual's way would puzzle."""
    priority: bool = False

    def binding(self) -> Binding:
        return Binding(
            self.keys,
            self.name,
            self.label,
            show=self.show,
            key_display=self.display,
            priority=self.priority,
            tooltip=self.about,
            id=self.id,
        )


def bindings(actions: Iterable[Action]) -> list[BindingType]:
    return [action.binding() for action in actions]


def next_language() -> str:
    """The language that the language key changes to."""
    return LANGUAGES[(LANGUAGES.index(current()) + 1) % len(LANGUAGES)]


def label(id: str | None, text: str) -> str:
    """The words for an action. The language key is named in the language it leads to, for who cannot read this one."""
    return LANGUAGE_NAMES[next_language()] if id == LANGUAGE.id else _(text)


def key_display(app: App[Any], action: Action) -> str:
    """All keys of ``action`` as they are written for people: the learner's own, where they have chosen some."""
    own = _own(app).get(action.id)
    if own is None and action.display is not None:
        return action.display
    bound = Binding.make_bindings([Binding(own or action.keys, action.name)])
    # A terminal that tells more of a key says shift+r for R: both are bound, and one of them is shown.
    shown = [b for b in bound if not (b.key.startswith("shift+") and len(b.key) == len("shift+x"))]
    return " ".join(app.get_key_display(binding) for binding in shown)


def key_of(app: App[Any], id: str) -> str:
    """The first key of the action ``id`` as it is written for people, for a sentence that names it."""
    action = next(action for actions in ACTIONS.values() for action in actions if action.id == id)
    return key_display(app, action).partition(" ")[0]


def _own(app: App[Any]) -> Mapping[str, str]:
    found: Mapping[str, str] = getattr(app, "keymap", {})
    return found


QUIT = Action("app.quit", "q", "app.quit", N_("Quit"), N_("Leave the tutor; everything is kept."))
HELP = Action("app.help", "question_mark", "app.keys", N_("Help"), N_("Show every key of this screen."), display="?")
LANGUAGE = Action("app.language", "l", "app.language", N_("Language"), N_("Switch between English and Japanese."))
PALETTE = Action(
    "app.palette",
    "ctrl+p",
    "app.command_palette",
    N_("Menu"),
    N_("Search everything that can be done here."),
    show=False,
    display="^p",
    priority=True,
)
LIGHT = Action(
    "app.light", "f2", "app.light", N_("Light or dark"), N_("Switch between a light and a dark screen."), show=False
)
SHELL = Action(
    "app.shell",
    "ctrl+z",
    "app.suspend_process",
    N_("To the shell"),
    N_("Leave the tutor for the shell; `fg` there brings it back."),
    show=False,
    display="^z",
)
QUIT_ALWAYS = Action(
    "app.quit_always",
    "ctrl+q",
    "app.quit",
    N_("Quit"),
    N_("Leave the tutor; everything is kept."),
    show=False,
    display="^q",
    priority=True,
)

SETTINGS = Action(
    "app.settings",
    "comma",
    "app.settings",
    N_("Settings"),
    N_("Choose language, theme, device, editor and keys."),
)

EVERYWHERE = (SETTINGS, LANGUAGE, HELP, QUIT, LIGHT, SHELL)
"""Actions of every full screen."""

HOME = (
    Action("home.open", "enter", "open", N_("Open"), N_("Open the exercise under the cursor."), display="↵"),
    Action("home.search", "slash", "search", N_("Search"), N_("Search titles, topics and ids, as you type.")),
    Action("home.filter", "f", "filter", N_("Filter"), N_("Show some exercises only: by state, difficulty, minutes.")),
    Action("home.clear", "escape", "clear", N_("Show all"), N_("Give up the search, then the filter."), display="esc"),
    Action("home.progress", "p", "progress", N_("Progress"), N_("See how far you are, and what was hard.")),
    Action("home.fold", "left", "fold", N_("Fold"), N_("Fold the topic, or go to what it lies in."), False),
    Action("home.unfold", "right", "unfold", N_("Unfold"), N_("Unfold the topic, or go into it."), False),
    Action("home.fold_all", "minus", "fold_all(True)", N_("Fold all"), N_("Fold every topic."), False),
    Action("home.unfold_all", "plus", "fold_all(False)", N_("Unfold all"), N_("Unfold every topic."), False),
    Action(
        "home.topic_before",
        "left_square_bracket",
        "topic(-1)",
        N_("Topic before"),
        N_("Go to the topic before."),
        False,
    ),
    Action(
        "home.topic_after", "right_square_bracket", "topic(1)", N_("Next topic"), N_("Go to the next topic."), False
    ),
)
"""The keys that move the cursor belong to the list itself and are said on the help screen."""
SEARCH = (Action("search.open", "enter", "open", N_("Open"), N_("Open the exercise under the cursor."), display="↵"),)
"""Keys of the line in which one types what to search the list for; what moves its cursor works there as well."""

EXERCISE = (
    Action("exercise.edit", "e", "edit", N_("Edit"), N_("Edit your file, in the editor that you have chosen.")),
    Action("exercise.save", "ctrl+s", "save", N_("Save"), N_("Save what you typed here, and grade it."), display="^s"),
    Action("exercise.grade", "r,space", "grade", N_("Grade"), N_("Grade your file as it is now.")),
    Action("exercise.cancel", "x", "cancel", N_("Cancel"), N_("Give up the grading run.")),
    Action("exercise.hint", "h", "hint", N_("Hint"), N_("Show the next step of the hint.")),
    Action(
        "exercise.solution",
        "s",
        "solution",
        N_("Solution"),
        N_("Read the solution and why it is written so. It opens once you have passed."),
    ),
    Action("exercise.next", "n", "next", N_("Next"), N_("Go on to the next exercise.")),
    Action(
        "exercise.reset",
        "R,shift+r",
        "reset",
        N_("Reset"),
        N_("Start again from the stub. A dated copy of your file is kept."),
        show=False,
        display="R",
    ),
    Action("exercise.diff", "d", "diff", N_("Compare"), N_("See your file beside the solution."), show=False),
    Action(
        "exercise.line",
        "g",
        "failed_line",
        N_("Go to line"),
        N_("Go to the line of a requirement that failed, and then to the next one's."),
        show=False,
    ),
    Action(
        "exercise.edit_here",
        "E,shift+e,ctrl+r",
        "edit_here",
        N_("Edit here"),
        N_("Edit your file in the tutor itself."),
        show=False,
        display="E ^r",
    ),
    Action(
        "exercise.copy",
        "y",
        "copy_code",
        N_("Copy code"),
        N_("Copy the code that is in sight on the page; once more for the next."),
        show=False,
    ),
    Action("exercise.find", "ctrl+f", "find", N_("Find"), N_("Search your file in the tutor's editor."), False, "^f"),
    Action("exercise.lesson", "1", "show('lesson')", N_("Lesson"), N_("Go to the lesson."), show=False),
    Action("exercise.code", "2", "show('code')", N_("Code"), N_("Go to your file."), show=False),
    Action("exercise.result", "3", "show('result')", N_("Result"), N_("Go to the requirements."), show=False),
    Action("exercise.hints", "4", "show('hints')", N_("Hints"), N_("Go to the hint."), show=False),
    Action("exercise.output", "5", "show('output')", N_("Output"), N_("Go to what your code printed."), show=False),
    Action("exercise.plots", "6", "show('plots')", N_("Plots"), N_("Go to curves and pictures."), show=False),
    Action("exercise.answer", "7", "show('solution')", N_("Solution"), N_("Go to the solution."), show=False),
    Action("exercise.back", "escape", "back", N_("Back"), N_("Go back to the list of exercises."), display="esc"),
)

EDITOR = (
    Action(
        "editor.leave", "escape", "leave", N_("Leave editor"), N_("Go back to the keys of the screen."), display="esc"
    ),
    Action(
        "editor.result",
        "ctrl+r",
        "screen.show('result')",
        N_("Result"),
        N_("Go to the requirements; the same key leads back into the text."),
        display="^r",
    ),
    Action("editor.undo", "ctrl+z,super+z", "undo", N_("Undo"), N_("Take the last change back."), False, "^z"),
    Action("editor.redo", "ctrl+y,ctrl+shift+z", "redo", N_("Redo"), N_("Make it again."), False, "^y"),
    Action("editor.indent", "tab", "indent", N_("Indent"), N_("Move the selected lines to the right."), False),
    Action("editor.dedent", "shift+tab", "dedent", N_("Dedent"), N_("Move the selected lines to the left."), False),
    Action(
        "editor.comment",
        "ctrl+underscore,ctrl+slash",
        "comment",
        N_("Comment"),
        N_("Make comments of the selected lines, or code again."),
        False,
        "^/",
    ),
    Action("editor.next", "f3", "find_next", N_("Find next"), N_("Go to the next place found."), False),
    Action("editor.previous", "shift+f3", "find_previous", N_("Find previous"), N_("Go to the place before."), False),
)
"""Keys of the built-in editor, while one types in it."""

CODE = (Action("code.edit", "enter", "edit", N_("Edit here"), N_("Go into the text."), display="↵"),)
FIND = (
    Action("find.next", "down,f3", "onwards", N_("Next"), N_("Go to the next place found."), display="↓"),
    Action("find.previous", "up,shift+f3", "backwards", N_("Previous"), N_("Go to the place before."), display="↑"),
    Action("find.close", "escape", "close", N_("To the text"), N_("Go back to the text."), display="esc"),
)
"""Keys of the line in which one types what to search for."""
DIFF = (Action("diff.back", "escape,d", "back", N_("Back"), N_("Go back to where you were."), display="esc"),)
LEAVE = (
    Action("leave.save", "s", "answer('save')", N_("Save"), N_("Save what you typed, then go on.")),
    Action("leave.discard", "d", "answer('discard')", N_("Discard"), N_("Go on; a dated copy of it is kept.")),
    Action("leave.stay", "escape", "answer('')", N_("Stay"), N_("Stay here; nothing changes."), display="esc"),
)
CONFLICT = (
    Action("conflict.mine", "k", "answer('mine')", N_("Keep mine"), N_("Go on with what you typed.")),
    Action("conflict.disk", "t", "answer('disk')", N_("Take the file"), N_("Go on with what is in the file now.")),
    Action("conflict.diff", "d", "compare", N_("Compare"), N_("See where the two differ.")),
    Action("conflict.later", "escape", "answer('')", N_("Later"), N_("Decide later."), display="esc"),
)
FOUND = (
    Action("found.take", "t", "answer('mine')", N_("Take it up"), N_("Go on with the unsaved text.")),
    Action("found.leave", "k", "answer('disk')", N_("Keep the file"), N_("Go on with what is in the file.")),
    Action("found.diff", "d", "compare", N_("Compare"), N_("See where the two differ.")),
    Action("found.later", "escape", "answer('')", N_("Later"), N_("Decide later."), display="esc"),
)

FILTER = (
    Action("filter.apply", "enter", "apply", N_("Apply"), N_("Show the exercises chosen here."), display="↵"),
    Action("filter.clear", "c", "clear", N_("All"), N_("Choose all again.")),
    Action("filter.cancel", "escape", "cancel", N_("Cancel"), N_("Leave everything as it is."), display="esc"),
)
PROGRESS = (
    Action("progress.range", "t", "range", N_("Time"), N_("Show the last four weeks, or everything.")),
    Action("progress.back", "escape,p", "back", N_("Back"), N_("Go back to the list of exercises."), display="esc"),
)
CHOOSING = (
    Action("settings.change", "enter", "change", N_("Change"), N_("Change what is under the cursor."), display="↵"),
    Action(
        "settings.default", "delete,backspace", "default", N_("Default"), N_("Put the default back."), display="del"
    ),
    Action("settings.back", "escape", "back", N_("Back"), N_("Go back to where you were."), display="esc"),
)
"""Of the settings."""
PICK = (Action("pick.cancel", "escape", "cancel", N_("Cancel"), N_("Leave everything as it is."), display="esc"),)

WELCOME = (
    Action("welcome.start", "ctrl+s", "start", N_("Start"), N_("Start with this language and folder."), display="^s"),
)
HELP_WINDOW = (
    Action("help.close", "escape,question_mark,q,enter", "close", N_("Close"), N_("Close this window."), display="esc"),
)
CONFIRM = (
    Action("confirm.yes", "y", "answer(True)", N_("Yes"), N_("Do it.")),
    Action("confirm.no", "n,escape", "answer(False)", N_("No"), N_("Leave everything as it is.")),
)

ACTIONS: Mapping[str, tuple[Action, ...]] = {
    "home": HOME,
    "search": SEARCH,
    "exercise": EXERCISE,
    "editor": EDITOR,
    "find": FIND,
    "code": CODE,
    "diff": DIFF,
    "leave": LEAVE,
    "conflict": CONFLICT,
    "found": FOUND,
    "filter": FILTER,
    "progress": PROGRESS,
    "settings": CHOOSING,
    "pick": PICK,
    "welcome": WELCOME,
    "help": HELP_WINDOW,
    "confirm": CONFIRM,
    "app": (*EVERYWHERE, PALETTE, QUIT_ALWAYS),
}
"""All there are, by the screen on which they work; those of the app work on all full ones. See ``tutor.app.keymap``."""
