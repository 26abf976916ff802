"""What the engine asks of the system: memory of processes, and which torch there is."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import os
from pathlib import Path


def resident(pid: int) -> int:
    """Bytes of resident memory of a process; 0 where it cannot be read."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def children_of(pid: int) -> list[int]:
    """The processes that a process has started; each thread has its own. Raises OSError where it has just ended."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, listed.read_text().split())
    return found


def grown_by(pid: int, before: int, depth: int = 0) -> int:
    """Bytes of resident memory that a box and what it forked have taken beyond ``before``, which each started with."""
    total = max(0, resident(pid) - before)
    if depth < 4:
        with contextlib.suppress(OSError, ValueError):
            for child in children_of(pid):
                total += grown_by(child, before, depth + 1)
    return total


def torch_version() -> str:
    """Where the installed torch is, and what it says of its version; empty where there is none. Does not import it.

    ``importlib.metadata`` says as much, and takes 40 ms to be imported.
    """
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return ""
    file = Path(spec.origin).with_name("version.py")
    try:
        return f"{file}\n{file.read_text(encoding='utf-8')}"
    except (OSError, UnicodeDecodeError):
        return str(file)


def settle_memory() -> None:
    """Keep the garbage collector of every child away from what is here now: it would copy all those pages."""
    gc.collect()
    gc.freeze()
