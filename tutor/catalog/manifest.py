"""The manifests as they are written: strict structs, and a reader that finds everything wrong with one at once."""

from __future__ import annotations

import datetime
import re
import tomllib
import typing
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from tutor.catalog.files import Unreadable, read_text
from tutor.catalog.model import DEVICES, Equivalent, Limits, Requirement, Text
from tutor.catalog.problems import KeyPath, Problem, key_text
from tutor.catalog.toml_lines import TomlLines
from tutor.locale import _

FORMAT = 1
"""The format of packs that this tutor reads."""


class TrackManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    title: Text
    topics: tuple[str, ...]


class PackManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``pack.toml``."""

    format: int
    name: str
    title: Text
    languages: tuple[str, ...]
    tracks: tuple[TrackManifest, ...]


class TopicManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``topic.toml``."""

    title: Text
    summary: Text
    exercises: tuple[str, ...]


class ExerciseManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``exercise.toml``."""

    title: Text
    difficulty: int
    minutes: int
    requirements: tuple[Requirement, ...]
    needs: tuple[str, ...] = ()
    devices: tuple[str, ...] = DEVICES
    limits: Limits = Limits()
    equivalents: tuple[Equivalent, ...] = ()


Struct = TypeVar("Struct", bound=msgspec.Struct)


class Manifest(Generic[Struct]):
    """A manifest that was read as far as it could be.

    ``value`` is always there: keys that could not be read have an empty value and stand in ``broken``. Problems
    reported about such a key are dropped, so that one slip is not complained about twice.
    """

    def __init__(self, path: Path, blank: Struct, problems: list[Problem]) -> None:
        """Reads ``path``; what is wrong with it is appended to ``problems``."""
        self.path = path
        self.value = blank
        self.broken: set[str] = set(blank.__struct_fields__)
        self.usable = False
        """Whether this is a manifest at all: TOML, and of a format that is known here."""
        self._problems = problems
        self._text = ""
        try:
            self._text = read_text(path)
            self.data = tomllib.loads(self._text)
        except Unreadable as error:
            problems.append(error.problem)
        except RecursionError:
            problems.append(Problem(path, "", None, _("this TOML is nested too deeply")))
        except ValueError as error:  # TOMLDecodeError; and int() refuses absurdly long numbers with a plain one
            message = _("this is not valid TOML: {reason}").format(reason=error)
            problems.append(Problem(path, "", _line_of_error(str(error), self._text), message))
        else:
            if type(blank) is PackManifest and self._is_newer():
                return
            self.usable = True
            self._convert(type(blank))

    def problem(self, key: KeyPath, message: str) -> None:
        """Report ``message`` about the value at ``key``."""
        if not key or key[0] not in self.broken:
            self._problems.append(Problem(self.path, key_text(key), self._lines.line(key), message))

    @cached_property
    def _lines(self) -> TomlLines:
        return TomlLines(self._text)

    def _is_newer(self) -> bool:
        """Whether this is ``pack.toml`` of a later format, whose other keys nobody here can judge."""
        format_ = self.data.get("format")
        if type(format_) is not int or format_ <= FORMAT:
            return False
        # Without the number itself, which may have more digits than Python is willing to print.
        message = _("this pack is for a newer tutor: this one reads packs up to format {known}; update it")
        line = self._lines.line(("format",))
        self._problems.append(Problem(self.path, "format", line, message.format(known=FORMAT)))
        return True

    def _convert(self, kind: type[Struct]) -> None:
        try:
            self.value = msgspec.convert(self.data, kind)
            self.broken = set()
        except msgspec.ValidationError:
            self._convert_by_key(kind)

    def _convert_by_key(self, kind: type[Struct]) -> None:
        """Take the keys that are sound, and report on each that is not: msgspec stops at the first."""
        flaws = list(_flaws(self.data, kind, ()))
        broken = {path[0] for path, _message in flaws}
        for path, message in flaws:
            self._problems.append(Problem(self.path, key_text(path), self._lines.line(path), message))
        sound = {
            field.name: msgspec.convert(self.data[field.name], field.type)
            for field in msgspec.structs.fields(kind)
            if field.name in self.data and field.name not in broken
        }
        self.value = msgspec.structs.replace(self.value, **sound)
        self.broken = {name for name in self.broken if name in broken}


def _flaws(value: Any, kind: Any, path: tuple[str | int, ...]) -> typing.Iterator[tuple[tuple[str | int, ...], str]]:
    """Everything in which ``value`` is not a ``kind``: the key path and the sentence."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        for name in value:
            if name not in fields:
                yield (*path, name), _("unknown key; the keys here are {keys}").format(keys=", ".join(fields))
        for name, field in fields.items():
            if name in value:
                yield from _flaws(value[name], field.type, (*path, name))
            elif field.required:
                yield (*path, name), _("this key is missing")
    elif typing.get_origin(kind) is tuple and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _flaws(item, typing.get_args(kind)[0], (*path, index))
    elif kind == Text and isinstance(value, dict):
        for name, item in value.items():
            yield from _flaws(item, str, (*path, name))
    else:
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            yield path, _("must be {wanted}, not {came}").format(wanted=_wanted(kind), came=_came(value))


def _line_of_error(message: str, text: str) -> int | None:
    """The line that tomllib's ``message`` names."""
    match = re.search(r"at line (\d+)", message)
    if match:
        return int(match[1])
    return len(text.rstrip("\n").split("\n")) if "at end of document" in message else None


def _wanted(kind: Any) -> str:
    if kind == Text:
        return _("a table of texts by language, as in {example}").format(example='{ en = "…" }')
    if typing.get_origin(kind) is tuple:
        return _("a list")
    words = {int: _("a whole number"), float: _("a number"), str: _("a text in quotes")}
    return words.get(kind, _("a table"))


def _came(value: Any) -> str:
    words: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, _("true or false")),  # before int, of which it is one
        (int, _("a whole number")),
        (float, _("a number with a fraction")),
        (str, _("a text")),
        (list, _("a list")),
        (dict, _("a table")),
        ((datetime.date, datetime.time), _("a date or a time")),
    )
    return next((word for kind, word in words if isinstance(value, kind)), type(value).__name__)
