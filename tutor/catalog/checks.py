"""Checks on the values of a manifest that its types leave open. Each reports to the manifest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sized
from typing import Any, NamedTuple

from tutor.catalog.manifest import Manifest
from tutor.catalog.model import Text
from tutor.catalog.problems import KeyPath
from tutor.locale import _

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_RESERVED = {"solutions"}
"""Folders of a pack that are no topics."""


class Languages(NamedTuple):
    """What a pack speaks."""

    codes: tuple[str, ...]
    declared: bool
    """False where the list itself could not be read: English is then assumed, and others are not refused."""


def languages(manifest: Manifest[Any]) -> Languages:
    """The languages of a ``pack.toml``, English first: those whose code may be part of a file's name."""
    listed: tuple[str, ...] = manifest.value.languages
    for index, code in enumerate(listed):
        if not _LANGUAGE.fullmatch(code):
            manifest.problem(("languages", index), _("{code} is not a language code").format(code=repr(code)))
    unique(manifest, ("languages",), listed)
    if "en" not in listed:
        manifest.problem(("languages",), _('"en" must be among the languages'))
    sound = (code for code in listed if _LANGUAGE.fullmatch(code))
    return Languages(tuple(dict.fromkeys(("en", *sound))), "languages" not in manifest.broken)


def text(manifest: Manifest[Any], key: KeyPath, value: Text, spoken: Languages) -> None:
    """``value`` must say something in every language of the pack, in no other, and nothing that steers a terminal."""
    for code in spoken.codes:
        if not value.get(code, "").strip():
            manifest.problem((*key, code), _("the text in this language is missing"))
    for code, words in value.items():
        if spoken.declared and code not in spoken.codes:
            manifest.problem((*key, code), _("this language is not among the languages of pack.toml"))
        if _CONTROL.search(words):
            manifest.problem((*key, code), _("this text holds control characters"))


def plain(manifest: Manifest[Any], key: KeyPath, words: str) -> None:
    """A text in no particular language must say something, and nothing that steers a terminal."""
    if not words.strip():
        manifest.problem(key, _("this text is empty"))
    if _CONTROL.search(words):
        manifest.problem(key, _("this text holds control characters"))


def not_empty(manifest: Manifest[Any], key: KeyPath, value: Sized) -> None:
    """``value`` must have an item."""
    if not value:
        manifest.problem(key, _("this list is empty"))


def unique(manifest: Manifest[Any], key: KeyPath, items: Iterable[str]) -> None:
    """No item twice in the list at ``key``."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        if item in seen:
            manifest.problem((*key, index), _("{name} is listed twice").format(name=repr(item)))
        seen.add(item)


def name(manifest: Manifest[Any], key: KeyPath, value: str, taken: set[str]) -> bool:
    """Whether ``value`` may name a folder, a file and a thing, and is not ``taken``; it is from now on.

    Names become parts of paths, so nothing that means something in a path gets through.
    """
    if not _NAME.fullmatch(value):
        message = _("{name} is not a name: small letters a to z, digits and underscores, a letter first, at most 64")
    elif value in _RESERVED:
        message = _("{name} is reserved for the reference answers")
    elif value in taken:
        message = _("{name} is listed twice")
    else:
        taken.add(value)
        return True
    manifest.problem(key, message.format(name=repr(value)))
    return False
