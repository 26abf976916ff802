"""What the server asks of the system: memory of processes."""

from __future__ import annotations

import contextlib
import gc
import os
from pathlib import Path


def resident(pid: int) -> int:
    """Bytes of resident memory of a process; 0 where it cannot be read."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def grown_by(pid: int, before: int, depth: int = 0) -> int:
    """Bytes of resident memory that a box and what it forked have taken beyond ``before``, which each started with."""
    total = max(0, resident(pid) - before)
    if depth < 4:
        with contextlib.suppress(OSError, ValueError):
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                total += grown_by(int(child), before, depth + 1)
    return total


def settle_memory() -> None:
    """Keep the garbage collector of every child away from what is here now: it would copy all those pages."""
    gc.collect()
    gc.freeze()
