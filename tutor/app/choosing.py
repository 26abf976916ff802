"""What there is to choose in the settings, and the words for it. Nothing here shows anything or keeps anything."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from textual.color import Color

from tutor.app.actions import ACTIONS, Action, label
from tutor.app.words import N_
from tutor.locale import _

if TYPE_CHECKING:
    from textual.theme import Theme

LEAST_CONTRAST = 2.5
"""Between words and what they stand on. The 3:1 that WCAG 2 asks of large text and marks would shut out themes that
many like for being soft; below this some words are hard to find."""
WORDS = ("foreground", "text-primary", "text-accent", "text-success", "text-warning", "text-error")
GROUPS: Mapping[str, str] = {
    "app": N_("Everywhere"),
    "home": N_("List of exercises"),
    "exercise": N_("Exercise"),
    "editor": N_("Built-in editor"),
    "progress": N_("Progress"),
    "settings": N_("Settings"),
    "filter": N_("Filter"),
    "diff": N_("Comparison"),
    "help": N_("Help"),
}
"""Screens whose keys can be changed, in the order in which they are listed."""


def readable(theme: Theme) -> bool:
    """Whether all that this theme writes can be read. Of the terminal's own colours nobody knows; they are let pass."""
    if theme.ansi:
        return True
    colours = theme.to_color_system().generate()
    grounds = [Color.parse(colours[name]) for name in ("background", "panel")]
    return all(contrast(Color.parse(colours[name]), ground) >= LEAST_CONTRAST for name in WORDS for ground in grounds)


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2: from 1 (the same) to 21 (black and white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rebindable() -> Iterator[tuple[str, tuple[Action, ...]]]:
    """The actions whose keys can be changed, under the name of where they work."""
    for screen, name in GROUPS.items():
        if screen in ACTIONS:
            yield name, ACTIONS[screen]


def environments_editor(environment: Mapping[str, str] | None = None) -> str:
    """What ``$VISUAL`` or ``$EDITOR`` says; empty where neither says anything."""
    environment = os.environ if environment is None else environment
    return next((value for name in ("VISUAL", "EDITOR") if (value := environment.get(name, "").strip())), "")


def editor_problem(command: str) -> str | None:
    """Why ``command`` cannot be the editor; None where it can. Looks at the disk."""
    try:
        parts = shlex.split(command)
    except ValueError:
        return _("This cannot be understood: a quotation mark is missing.")
    if not parts:
        return _("Please name a command.")
    if shutil.which(os.path.expanduser(parts[0])) is None:  # noqa: PTH111 (a name without a folder stays one)
        return _("There is no editor {editor}.").format(editor=parts[0])
    return None


def with_labels(sentence: str) -> str:
    """``sentence``, with actions called what they are called on the screen, and not by their ids."""
    known = {action.id: action for actions in ACTIONS.values() for action in actions}
    for id in sorted(known, key=len, reverse=True):
        sentence = sentence.replace(id, _("“{action}”").format(action=label(id, known[id].label) or id))
    return sentence


def theme_words(theme: Theme) -> str:
    if theme.ansi:
        return _("the colours of the terminal")
    return _("dark") if theme.dark else _("light")


def device_name(device: str) -> str:
    return _("automatic") if device == "auto" else device


def device_words(device: str) -> str:
    match device:
        case "cpu":
            return _("the CPU")
        case "cuda":
            return _("the GPU (CUDA)")
        case _:
            return _("the GPU where there is one and the exercise can use it, else the CPU")


def gpu_words(answer: Mapping[str, object] | None) -> str:
    """What there is, in words: see ``tutor.grading.cuda.look_for_cuda``."""
    if answer is None:
        return _("PyTorch cannot be imported here: `tutor doctor` says more.")
    devices = answer.get("devices")
    if isinstance(devices, list) and devices:
        return _("Here: {devices}").format(devices=", ".join(map(str, devices)))
    if answer.get("cuda") is None:
        return _("This PyTorch is built without CUDA: everything runs on the CPU.")
    return _("No GPU is seen: everything runs on the CPU.")
