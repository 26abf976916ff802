"""The catalogue of errors of PyTorch and Python, each in plain words. Loaded when the first exception is explained.

Entries are tried in the order of ``CATALOGUE``: what is particular comes before what is general, Python's own last.
Their patterns hold the part of a message that torch 2.6 to 2.14 share, or one pattern for each wording.
"""

from __future__ import annotations

import re

from tutor.feedback.errors import (
    autograd,
    axes,
    data,
    devices,
    dtypes,
    layers,
    losses,
    modules,
    parallel,
    python,
    shapes,
    syntax,
    training,
    values,
)
from tutor.feedback.errors.entry import Entry, Found, fit
from tutor.grading.raised import Raised

__all__ = ["CATALOGUE", "Entry", "Found", "find", "message_of"]

CATALOGUE: tuple[Entry, ...] = (
    *devices.ENTRIES,
    *parallel.ENTRIES,
    *losses.ENTRIES,
    *layers.ENTRIES,
    *data.ENTRIES,
    *training.ENTRIES,
    *modules.ENTRIES,
    *autograd.ENTRIES,
    *dtypes.ENTRIES,
    *shapes.ENTRIES,
    *axes.ENTRIES,
    *values.ENTRIES,
    *syntax.ENTRIES,
    *python.ENTRIES,
)

_WORKER = re.compile(r"Caught (\w+) in DataLoader worker process \d+\.")


def find(raised: Raised) -> Found | None:
    """The first entry that fits."""
    message = message_of(raised)
    for entry in CATALOGUE:
        found = fit(entry, raised, message)
        if found is not None:
            return found
    return None


def message_of(raised: Raised) -> str:
    """What the exception says. A DataLoader quotes the whole traceback of its worker: of that, the last words."""
    worker = _WORKER.match(raised.text)
    if worker is None:
        return raised.text
    return raised.text.rpartition(f"{worker[1]}: ")[2].strip()
