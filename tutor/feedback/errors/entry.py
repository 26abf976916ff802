"""What an entry of the catalogue of errors is made of, and how its pattern finds the words of an exception.

Named groups of a pattern fill the places ``{…}`` of its texts. The first letters of a group's name say what it holds:
``s_`` a shape in any of torch's spellings, ``t_`` a dtype in any of them, ``n_`` a number. The rest names the place.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from tutor.grading.raised import Raised

Fact = Literal["shape", "dtype", "device", "grad", "finite", "kind"]
"""What is worth saying of the tensors that the line names."""
Fields = dict[str, str]
MOST_FIELD = 160


def N_(message: str) -> str:
    """Mark ``message`` for the message catalogue; it is translated when it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of error: how it is recognised, and what is said of it."""

    id: str
    kinds: tuple[str, ...]
    """Names of exceptions, of which the raised one must be one (or derived from one)."""
    patterns: tuple[str, ...]
    """Regular expressions for the stable part of the message, in every version's wording."""
    meaning: str
    """What it means, in general."""
    look: str
    """Where to look, and what to change, without giving the answer."""
    point: str | Callable[[Mapping[str, str]], str] = ""
    """What it means here: a sentence with the sizes, types or names that the message holds."""
    shows: tuple[Fact, ...] = ()
    fields: Callable[[Fields], Fields | None] | None = None
    """Further fields, from those of the pattern; None where it is something else after all."""
    where: str = ""
    """Pattern that the function that raised, or the learner's line, must hold."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that fits, and what fills its places."""

    entry: Entry
    fields: Fields
    message: str


def fit(entry: Entry, raised: Raised, message: str) -> Found | None:
    """``entry`` as it applies to ``raised``; None where it does not."""
    if not any(kind in raised.kinds for kind in entry.kinds):
        return None
    for pattern in entry.patterns:
        match = _compiled(pattern).search(message)
        if match is not None:
            break
    else:
        return None
    if entry.where and not _compiled(entry.where).search(surroundings(raised)):
        return None
    fields: Fields | None = _readable({name: text for name, text in match.groupdict().items() if text is not None})
    if raised.suggestion:
        fields = {"suggestion": raised.suggestion, **(fields or {})}
    if entry.fields is not None and fields is not None:
        fields = entry.fields(fields)
    return None if fields is None else Found(entry, fields, message)


def surroundings(raised: Raised) -> str:
    """What is known of where it was raised: torch's function, and the learner's line."""
    last = raised.frames[-1] if raised.frames else None
    return "\n".join((raised.origin, last.expression, last.code) if last is not None else (raised.origin,))


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


def _readable(groups: Fields) -> Fields:
    fields = {}
    for name, full in groups.items():
        text = full if len(full) <= MOST_FIELD else full[: MOST_FIELD - 1] + "…"
        if name.startswith("s_"):
            fields[name[2:]] = shape_text(text)
        elif name.startswith("t_"):
            fields[name[2:]] = dtype_text(text)
        elif name.startswith("n_"):
            fields[name[2:]] = text
        else:
            fields[name] = text
    return fields


def sizes(text: str) -> tuple[int, ...]:
    """``"3x4"``, ``"3, 4"`` and ``"(3, 4)"`` as numbers."""
    return tuple(int(number) for number in re.findall(r"-?\d+", text))


def shape_text(text: str) -> str:
    """A shape as Python writes it."""
    return str(sizes(text))


_DTYPES = {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "long": "int64",
    "long int": "int64",
    "int": "int32",
    "short": "int16",
    "byte": "uint8",
    "unsigned char": "uint8",
    "char": "int8",
    "signed char": "int8",
    "bool": "bool",
    "bfloat16": "bfloat16",
    "complexfloat": "complex64",
    "complexdouble": "complex128",
}


def dtype_text(text: str) -> str:
    """torch's many names for a dtype (``Double``, ``double``, ``torch.DoubleTensor``) as the one that code uses."""
    word = text.strip().removeprefix("c10::").removeprefix("torch.").removeprefix("cuda.").removesuffix("Tensor")
    return _DTYPES.get(word.lower(), word)
