"""From an exception, as data, to what it means in plain words. Pure; loads the catalogue when it is first needed."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from tutor.grading.raised import Frame, Raised, Variable, root_of
from tutor.grading.report import Fault, RequirementResult
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.feedback.errors.entry import Fact, Found

MOST_TENSORS = 4
_WORD = re.compile(r"[^\W\d]\w*")
_SHAPE = re.compile(r"\d+(?:x\d+)+|\[[\d, ]+\]|\([\d, ]+\)")


class Explanation(msgspec.Struct, frozen=True):
    """What an error means, in the current language."""

    id: str
    """Of the entry in the catalogue: stable from one release to the next."""
    meaning: str
    tensors: tuple[str, ...]
    """What it means here: a sentence each, about sizes, types and the learner's own tensors."""
    look: str
    """Where to look."""


def explain(about: RequirementResult | Fault) -> Explanation | None:
    """What the exception behind a verdict or a fault means; None where the catalogue does not know it.

    An exception that the learner's own code raises with ``raise`` is never explained: its words are the learner's.
    """
    raised = about.raised
    if raised is None or _is_own(raised):
        return None
    from tutor.feedback.errors import find

    found = find(raised)
    return None if found is None else _explanation(found, raised)


def _is_own(raised: Raised) -> bool:
    last = raised.frames[-1] if raised.frames else None
    return last is not None and re.match(r"raise\b", last.expression or last.code) is not None


def _explanation(found: Found, raised: Raised) -> Explanation:
    entry, fields = found.entry, found.fields
    point = entry.point if isinstance(entry.point, str) else entry.point(fields)
    here = [_(point).format(**fields)] if point and _places(point) <= fields.keys() else []
    here += [_said(variable, entry.shows) for variable in relevant(raised, found)]
    look = _(entry.look).format(**fields)
    if raised.line is not None:
        look = _("Line {line}: {text}").format(line=raised.line, text=look)
    else:
        look = look[:1].upper() + look[1:]
    return Explanation(entry.id, _(entry.meaning).format(**fields), tuple(here), look)


def _places(text: str) -> set[str]:
    """The names in braces. Not every wording of a message tells every one of them."""
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


# The learner's tensors


def relevant(raised: Raised, found: Found) -> tuple[Variable, ...]:
    """The variables that the failing expression names and that have the facts in question, at most ``MOST_TENSORS``.

    Of the parameters inside a module that it calls, those come first whose shape the message mentions.
    """
    shows = found.entry.shows
    if not shows or not raised.frames:
        return ()
    last = raised.frames[-1]
    part = "" if _is_assigned_to(last) else last.expression
    named = _named(last.variables, part) or _named(last.variables, last.code)
    fitting = [variable for variable in named if any(_has(variable, fact) for fact in shows)]
    shapes = _shapes_in(found.message)
    mentioned = [v for v in fitting if v.shape is not None and _spellings(v.shape) & shapes]
    chosen = []
    for variable in fitting:
        inside = root_of(variable.name) != variable.name
        if variable in mentioned or not (inside and mentioned):
            chosen.append(variable)
    names = {variable.name for variable in chosen}
    chosen = [v for v in chosen if v.name.removesuffix("bias") + "weight" not in names or not v.name.endswith(".bias")]
    chosen.sort(key=lambda variable: (root_of(variable.name) != variable.name, variable not in mentioned))
    return tuple(chosen[:MOST_TENSORS])


def _is_assigned_to(frame: Frame) -> bool:
    """Python knows only the left side as what failed: `weight.grad` of `weight.grad = x`."""
    return bool(frame.expression) and re.match(re.escape(frame.expression) + r"\s*=(?!=)", frame.code) is not None


def _named(variables: tuple[Variable, ...], code: str) -> list[Variable]:
    words = set(_WORD.findall(code))
    return [variable for variable in variables if words.issuperset(root_of(variable.name).split("."))]


def _shapes_in(message: str) -> set[tuple[int, ...]]:
    return {tuple(int(n) for n in re.findall(r"\d+", text)) for text in _SHAPE.findall(message)}


def _spellings(shape: tuple[int, ...]) -> set[tuple[int, ...]]:
    """A shape, and how it appears in a product: a weight transposed, leading dimensions taken together."""
    found = {shape}
    if len(shape) == 2:
        found.add(shape[::-1])
    if len(shape) > 2:
        rows = 1
        for size in shape[:-1]:
            rows *= size
        found.add((rows, shape[-1]))
    if len(shape) == 1:
        found.add((1, *shape))
    return found


def _has(variable: Variable, fact: Fact) -> bool:
    if fact == "kind":
        return not variable.dtype
    if fact == "shape":
        return variable.shape is not None
    if fact == "finite":
        return variable.finite is False
    return bool(variable.dtype)


def _said(variable: Variable, shows: tuple[Fact, ...]) -> str:
    """``variable``: what is worth saying of it."""
    words = list(_words(variable, shows))
    return _("`{name}`: {facts}").format(name=variable.name, facts=_(", ").join(words))


def _words(variable: Variable, shows: tuple[Fact, ...]) -> Iterator[str]:
    if variable.kind == "NoneType":
        yield "None"
        return
    if not variable.dtype:
        yield variable.kind
        if variable.shape is not None:
            yield _("{count} items").format(count=variable.shape[0])
        return
    if not variable.device:
        yield _("a NumPy array")
    if "shape" in shows and variable.shape is not None:
        yield _("shape {shape}").format(shape=variable.shape)
    if "dtype" in shows:
        yield variable.dtype
    if "device" in shows and variable.device:
        yield _("on {device}").format(device=variable.device)
    if "grad" in shows:
        yield _("requires a gradient") if variable.requires_grad else _("does not require a gradient")
    if variable.finite is False:
        yield _("not all values finite")
