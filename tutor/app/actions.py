"""Every action in one place: keys, footer, palette and help are made from it, and translated when they are shown."""

from __future__ import annotations

from collections.abc import Iterable
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
    """The keys of ``action`` as they are written for people."""
    if action.display is not None:
        return action.display
    return " ".join(app.get_key_display(binding) for binding in Binding.make_bindings([action.binding()]))


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

EVERYWHERE = (LANGUAGE, HELP, QUIT, LIGHT)
"""Actions of every full screen."""

HOME = (Action("home.open", "enter", "open", N_("Open"), N_("Open the exercise under the cursor."), display="↵"),)
"""The keys that move the cursor belong to the list itself and are said on the help screen."""

EXERCISE = (
    Action("exercise.edit", "e", "edit", N_("Edit"), N_("Edit your file in $VISUAL or $EDITOR.")),
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
    Action("exercise.lesson", "1", "show('lesson')", N_("Lesson"), N_("Go to the lesson."), show=False),
    Action("exercise.result", "2", "show('result')", N_("Result"), N_("Go to the requirements and hints."), show=False),
    Action("exercise.output", "3", "show('output')", N_("Output"), N_("Go to what your code printed."), show=False),
    Action("exercise.back", "escape", "back", N_("Back"), N_("Go back to the list of exercises."), display="esc"),
)

SOLUTION = (
    Action("solution.back", "escape,s", "back", N_("Back"), N_("Go back to the exercise."), display="esc"),
    Action("solution.next", "n", "next", N_("Next"), N_("Go on to the next exercise.")),
)
