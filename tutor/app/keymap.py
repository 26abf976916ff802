"""Keys of the learner's own: what they wrote, checked, as Textual's ``App.set_keymap`` takes it.

Imported only where somebody has keys of their own.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from textual.binding import Binding
from textual.keys import Keys

from tutor.app.actions import ACTIONS, Action
from tutor.locale import _

MODIFIERS = frozenset(("alt", "ctrl", "hyper", "meta", "shift", "super"))
ALIASES = {
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "del": "delete",
    "ins": "insert",
    # What a terminal sends for these is the same byte, and Textual calls it so.
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
    "ctrl+space": "ctrl+at",
}
MOVING = frozenset(("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab", "ctrl+c"))
"""What lists and pages need themselves, and the key that copies."""
HELD: Mapping[str, frozenset[str]] = {"home": frozenset("jk")}
"""What else widgets need, by the screen they are on."""
DIALOGUES = frozenset(("confirm", "conflict", "filter", "found", "help", "leave", "pick"))
"""What lies over a screen: of the app's actions only those with priority reach beneath it."""
BENEATH: Mapping[str, str] = {"editor": "exercise"}
"""The built-in editor is a part of a screen, whose keys work as far as they are not the editor's."""


class Keymap(NamedTuple):
    """What came of the learner's wishes."""

    keys: Mapping[str, str]
    """Textual's names of keys, by commas, by the ids of actions."""
    problems: tuple[str, ...]
    """A sentence for each wish that cannot be granted; the action keeps its keys."""


def understand(wanted: Mapping[str, str]) -> Keymap:
    """Check ``wanted``: keys by commas, by the ids of actions. What is wrong is left out and said.

    A key may be given to several actions as long as no screen has two of them, and taken from an action that gets
    another key in the same breath.
    """
    problems: list[str] = []
    known = {action.id: action for action in _everything()}
    keys: dict[str, tuple[str, ...]] = {}
    for id, text in wanted.items():
        if id not in known:
            problems.append(_unknown(id, known))
            continue
        good = tuple(dict.fromkeys(_understood(id, text, problems)))
        if good:
            keys[id] = good
    while (clash := _first_clash(keys)) is not None:
        # One at a time: an action that keeps its own keys may now be in the way of another.
        id, key, problem = clash
        problems.append(problem)
        keys[id] = tuple(k for k in keys[id] if k != key and k not in _twins(key))
        if not keys[id]:
            del keys[id]
    return Keymap({id: ",".join(names) for id, names in keys.items()}, tuple(problems))


def parse_key(text: str) -> tuple[str, ...]:
    """Textual's names for what a person calls ``text``: one, two for a capital, none where there is no such key."""
    text = text.strip()
    if text.endswith("+"):
        text = f"{text[:-1]}plus"
    *before, base = (part.strip() for part in text.split("+"))
    modifiers = {part.lower() for part in before}
    if len(modifiers) != len(before) or not modifiers <= MODIFIERS:
        return ()
    if len(base) == 1 and base.isprintable():
        if base.isascii() and base.isupper() and not modifiers:
            modifiers = {"shift"}
        base = _name(base.lower() if base.isascii() else base)
    else:
        base = ALIASES.get(base.lower(), base.lower())
        if base not in _named():
            return ()
    if modifiers == {"shift"} and (len(base) == 1 or base in _punctuation()):
        # Who holds shift types another character, and that is the key; of letters some terminals tell both names.
        return (base.upper(), f"shift+{base}") if len(base) == 1 and base.isalpha() else ()
    name = "+".join([*sorted(modifiers), base])
    return (ALIASES.get(name, name),)


@cache
def _name(character: str) -> str:
    """Textual's name of a key that types ``character``."""
    if character == ",":  # it parts the keys of a list
        return "comma"
    return next(iter(Binding.make_bindings([Binding(character, "")]))).key


@cache
def _punctuation() -> frozenset[str]:
    return frozenset(map(_name, string.punctuation))


@cache
def _named() -> frozenset[str]:
    plain = {key.value.rpartition("+")[2] for key in Keys if "<" not in key.value}
    return frozenset(name for name in plain if len(name) > 1 and "-" not in name) | _punctuation() | {"space"}


def _everything() -> Iterator[Action]:
    for actions in ACTIONS.values():
        yield from actions


def _understood(id: str, text: str, problems: list[str]) -> Iterator[str]:
    parts = [part.strip() for part in text.split(",")]
    if not any(parts):
        problems.append(_("Keys: {action} is given no key.").format(action=id))
        return
    for part in filter(None, parts):
        names = parse_key(part)
        if not names:
            said = _("Keys: {key}, for {action}, is no key that a terminal can send.")
            problems.append(said.format(key=part, action=id))
        yield from names


def _unknown(id: str, known: Iterable[str]) -> str:
    close = get_close_matches(id, known, n=1)
    if close:
        return _("Keys: there is no action {action}. Is {other} meant?").format(action=id, other=close[0])
    return _("Keys: there is no action {action}.").format(action=id)


def _first_clash(keys: Mapping[str, tuple[str, ...]]) -> tuple[str, str, str] | None:
    """The first action with keys of the learner's that wants a key which another has: who, which, and why."""
    for screen, actions in ACTIONS.items():
        if screen == "app":
            continue
        there = (*actions, *ACTIONS.get(BENEATH.get(screen, ""), ()))
        there += tuple(a for a in ACTIONS["app"] if screen not in DIALOGUES or a.priority)
        usual = {action.id: frozenset(_default(action)) for action in there}
        held = (MOVING | HELD.get(screen, frozenset())) - frozenset().union(*usual.values())
        holders: dict[str, str] = {}
        # Those who keep their keys come first: they were there before.
        for action in sorted(there, key=lambda action: action.id in keys):
            for key in keys.get(action.id) or usual[action.id]:
                other = holders.setdefault(key, action.id)
                if action.id not in keys:
                    continue
                if other != action.id and not (key in usual[action.id] and key in usual[other]):
                    said = _("Keys: {key} cannot be {action}: on the same screen it is {other}.")
                    return action.id, key, said.format(key=key, action=action.id, other=other)
                if key in held:
                    said = _("Keys: {key} cannot be {action}: lists and pages need it.")
                    return action.id, key, said.format(key=key, action=action.id)
                if screen in BENEATH and action in actions and _types(key):
                    said = _("Keys: {key} cannot be {action}: in the editor it types.")
                    return action.id, key, said.format(key=key, action=action.id)
    return None


def _types(key: str) -> bool:
    """Whether ``key`` writes something, or takes it away."""
    return len(key) == 1 or key in _punctuation() or key in ("space", "enter", "backspace", "delete")


def _default(action: Action) -> Iterator[str]:
    for key in action.keys.split(","):
        yield _name(key) if len(key) == 1 else key


def _twins(key: str) -> frozenset[str]:
    """A capital's two names go together."""
    if key.startswith("shift+") and len(key) == len("shift+x"):
        return frozenset((key[-1].upper(),))
    return frozenset((f"shift+{key.lower()}",)) if len(key) == 1 and key.isupper() else frozenset()
