"""The box's side of a traceback: the learner's frames, and what the names in the innermost ones stood for.

Everything here looks at objects of the submission's, so it calls none of their methods: types are compared exactly or
along their real ancestry, attributes are read from instance dictionaries, and what torch is asked about a subclass it
answers itself. What cannot be found out is left out.
"""

from __future__ import annotations

import builtins
import contextlib
import difflib
import inspect
import itertools
import re
import sys
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import Any, cast

import numpy as np
import torch

from tutor.grading import texts
from tutor.grading.raised import (
    MOST_CODE,
    MOST_FRAMES,
    MOST_KINDS,
    MOST_NAME,
    MOST_TEXT,
    MOST_VARIABLES,
    Frame,
    Raised,
    Variable,
    root_of,
)

LOOKED_INTO = 2
"""Innermost frames of the learner's whose names are described."""
MOST_LOCALS = 64
MOST_ITEMS = 4
"""Tensors of a list that are described one by one."""
MOST_DEPTH = 4
"""Modules inside modules."""
MOST_FOUND = 200
MOST_NAMES = 4000
SAMPLE = 1 << 16
"""Elements that are looked at to tell whether a tensor is finite."""
_WORD = re.compile(r"[^\W\d]\w*")
_BROKEN = re.compile(r"([(\[{]) | (?=[)\]}])")
_name_of = type.__dict__["__name__"].__get__
_dtype_of, _device_of, _requires_grad_of = (
    inspect.getattr_static(torch.Tensor, name).__get__ for name in ("dtype", "device", "requires_grad")
)


@dataclass(frozen=True)
class Describer:
    """Describes what code of one submission raises, in any process of its box."""

    file: str
    """As its code objects name it."""
    lines: tuple[str, ...] = ()

    def __call__(self, error: BaseException) -> Raised:
        return raised(error, self.lines, self.file.__eq__)


def raised(error: BaseException, lines: Sequence[str], is_learners: Callable[[str], bool]) -> Raised:
    """``error`` as data.

    Args:
        error: any exception; it may be of a class of the submission's.
        lines: of the submission.
        is_learners: whether a code object's file name is the submission's.
    """
    found = deque(_frames(error.__traceback__, is_learners), MOST_FRAMES)
    frames = []
    for number, (frame, trace) in enumerate(found, 1):
        line = trace.tb_lineno or 0
        code = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        expression = _expression(frame.f_code, trace.tb_lasti, lines)
        variables: tuple[Variable, ...] = ()
        if number > len(found) - LOOKED_INTO:
            with contextlib.suppress(BaseException):
                variables = tuple(_variables(frame.f_locals, f"{code} {expression}"))
        frames.append(
            Frame(
                line,
                _writable(frame.f_code.co_name, MOST_NAME),
                _writable(code, MOST_CODE),
                _writable(expression, MOST_CODE),
                variables,
            )
        )
    kind = type(error)
    return Raised(
        _writable(_name_of(kind), MOST_NAME),
        tuple(_writable(_name_of(base), MOST_NAME) for base in type.mro(kind)[:MOST_KINDS]),
        text_of(error),
        frames[-1].line if frames else None,
        tuple(frames),
        _origin(error.__traceback__, is_learners),
        _suggestion(error),
    )


def text_of(error: BaseException) -> str:
    """What the exception says; of a very long text the beginning and the end, where a worker's own error stands."""
    try:
        text = str(error)
    except BaseException:  # it is the submission's method, and may even leave the program
        text = ""
    if len(text) > MOST_TEXT:
        text = text[: MOST_TEXT // 2 - 1] + "…" + text[-MOST_TEXT // 2 :]
    return _writable(text, MOST_TEXT)


def _writable(text: object, most: int) -> str:
    return texts.encodable(str(text)[:most])


def _frames(
    trace: TracebackType | None, is_learners: Callable[[str], bool]
) -> Iterator[tuple[FrameType, TracebackType]]:
    while trace is not None:
        if is_learners(trace.tb_frame.f_code.co_filename):
            yield trace.tb_frame, trace
        trace = trace.tb_next


def _expression(code: CodeType, instruction: int, lines: Sequence[str]) -> str:
    """The source of the expression that was being computed."""
    positions = next(itertools.islice(code.co_positions(), instruction // 2, None), (None,) * 4)
    first, last, start, end = positions
    if first is None or last is None or start is None or end is None or not 0 < first <= last <= len(lines):
        return ""
    # Columns count bytes of UTF-8.
    rows = [line.encode("utf-8", "replace") for line in lines[first - 1 : last]]
    rows[-1] = rows[-1][:end]
    rows[0] = rows[0][start:]
    return _BROKEN.sub(r"\1", " ".join(row.decode("utf-8", "replace").strip() for row in rows))


def _origin(trace: TracebackType | None, is_learners: Callable[[str], bool]) -> str:
    """The innermost function, where it is not the learner's."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or is_learners(trace.tb_frame.f_code.co_filename):
        return ""
    module = trace.tb_frame.f_globals.get("__name__")
    return _writable(f"{module if type(module) is str else ''}.{trace.tb_frame.f_code.co_qualname}", MOST_CODE)


def _suggestion(error: BaseException) -> str:
    """What may have been meant by a name that does not exist, as Python's own tracebacks say it."""
    with contextlib.suppress(BaseException):
        wrong, known = _wrong_name(error)
        if type(wrong) is str:
            names = [name for name in itertools.islice(known, MOST_NAMES) if type(name) is str]
            return _writable(next(iter(difflib.get_close_matches(wrong[:MOST_NAME], names, 1)), ""), MOST_NAME)
    return ""


def _wrong_name(error: BaseException) -> tuple[object, Iterable[object]]:
    """The missing name, and those that exist where it was looked for."""
    if isinstance(error, AttributeError):
        return error.name, _attributes(error.obj)
    if isinstance(error, NameError):
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        scopes = (trace.tb_frame.f_locals, trace.tb_frame.f_globals) if trace is not None else ()
        return error.name, itertools.chain(*scopes, vars(builtins))
    if isinstance(error, ModuleNotFoundError):
        return error.name, {name.partition(".")[0] for name in (*sys.modules, *sys.stdlib_module_names)}
    if isinstance(error, ImportError):
        # Which name it was is only in the words before Python 3.12.
        words = re.match(r"cannot import name '(\w+)'", str(error))
        return words and words[1], vars(sys.modules[str(error.name)])
    return None, ()


def _attributes(value: object) -> Iterable[object]:
    """Names that ``value`` answers to, without asking it."""
    kind = type(value)
    if kind is ModuleType:
        return vars(value)
    names: list[Iterable[object]] = [vars(base) for base in type.mro(kind)]
    with contextlib.suppress(AttributeError):
        held = object.__getattribute__(value, "__dict__")
        names += [held, *(dict(_items(held.get(part))) for part in ("_parameters", "_buffers", "_modules"))]
    return itertools.chain(*names)


# What the names stood for


def _variables(names: Mapping[str, Any], code: str) -> list[Variable]:
    """Those that ``code`` names first, at most ``MOST_VARIABLES``."""
    words = set(_WORD.findall(code))
    in_order = sorted(names.items(), key=lambda item: item[0] not in words)[:MOST_LOCALS]
    described = itertools.chain.from_iterable(_described(name, value, MOST_DEPTH) for name, value in in_order)
    found = list(itertools.islice(described, MOST_FOUND))
    found.sort(key=lambda variable: not words.issuperset(root_of(variable.name).split(".")))
    return found[:MOST_VARIABLES]


def _described(name: str, value: Any, depth: int) -> Iterator[Variable]:
    kind = type(value)
    if issubclass(kind, torch.Tensor):
        with contextlib.suppress(Exception):
            yield _tensor(name, value)
    elif kind is np.ndarray:
        yield Variable(name, "ndarray", tuple(value.shape), str(value.dtype), "", False, _finite_array(value))
    elif issubclass(kind, torch.nn.Module):
        yield Variable(name, _writable(_name_of(kind), MOST_NAME))
        if depth:
            yield from _inside(name, value, depth)
    elif kind in (list, tuple):
        yield Variable(name, kind.__name__, (len(value),))
        for index, item in enumerate(value[:MOST_ITEMS]):
            if issubclass(type(item), torch.Tensor):
                with contextlib.suppress(Exception):
                    yield _tensor(f"{name}[{index}]", item)
    elif value is None:
        yield Variable(name, "NoneType")


def _inside(name: str, module: Any, depth: int) -> Iterator[Variable]:
    """Parameters, buffers and modules of a module, and its other attributes that are tensors."""
    held = object.__getattribute__(module, "__dict__")
    for part in (held.get("_parameters"), held.get("_buffers"), held):
        for key, value in _items(part):
            if issubclass(type(value), torch.Tensor):
                yield from _described(_member(name, key), value, 0)
    for key, value in _items(held.get("_modules")):
        if issubclass(type(value), torch.nn.Module):
            yield from _described(_member(name, key), value, depth - 1)


def _items(held: object) -> list[tuple[str, Any]]:
    """The first of a plain dictionary's items whose keys are strings."""
    if type(held) not in (dict, OrderedDict):
        return []
    first = itertools.islice(cast("dict[Any, Any]", held).items(), MOST_LOCALS)
    return [(key, value) for key, value in first if type(key) is str]


def _member(name: str, key: str) -> str:
    return f"{name}[{key}]" if key.isdigit() else f"{name}.{key}"[:MOST_NAME]


def _tensor(name: str, value: Any) -> Variable:
    exact = type(value) in (torch.Tensor, torch.nn.Parameter)
    with torch._C.DisableTorchFunctionSubclass():
        return Variable(
            name,
            _writable(_name_of(type(value)), MOST_NAME),
            tuple(int(size) for size in torch.Tensor.size(value)),
            str(_dtype_of(value)).removeprefix("torch."),
            str(_device_of(value)),
            bool(_requires_grad_of(value)),
            _finite(value) if exact else None,
        )


def _finite(value: torch.Tensor) -> bool | None:
    """Looks at a sample where the tensor is large: one bad number found is enough, none found proves nothing."""
    if not (value.is_floating_point() or value.is_complex()) or value.is_meta or value.layout != torch.strided:
        return None
    with contextlib.suppress(Exception), torch.no_grad():
        count = value.numel()
        whole = count <= SAMPLE
        if not whole and not value.is_contiguous():
            return None  # to flatten it would copy it
        looked_at = value.detach() if whole else value.detach().view(-1)[:: count // SAMPLE]
        if not bool(torch.isfinite(looked_at).all()):
            return False
        return True if whole else None
    return None


def _finite_array(value: np.ndarray[Any, Any]) -> bool | None:
    if value.dtype.kind not in "fc" or value.size > SAMPLE:
        return None
    return bool(np.isfinite(value).all())
