"""Notices that the learner has saved, whether the editor writes in place, renames or deletes and writes anew."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

QUIET = 10
"""Milliseconds without a further change after which a save counts as finished."""
LONGEST = 50
"""Milliseconds after which it counts as finished in any case."""
LOOK = 500
"""Milliseconds between looks at the file while nothing is reported: a network folder reports nothing from elsewhere."""
POLL = 0.3
"""Seconds between looks where the system refuses to report anything."""

Stamp = tuple[int, int, int] | None


def stamp(path: Path) -> Stamp:
    """What changes when the file does; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 (the cheapest question there is)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


async def saves(path: Path, on_polling: Callable[[str], None]) -> AsyncGenerator[None, None]:
    """Yield once now, for what was saved before anybody watched, and then each time ``path`` may have new content.

    Where the system cannot watch its folder (too many watches, an odd file system), ``on_polling`` is told why, and the
    file is looked at regularly instead.
    """
    last = await asyncio.to_thread(stamp, path)
    yield
    try:
        from watchfiles import awatch

        async for changes in awatch(
            path.parent,
            watch_filter=lambda _change, name: Path(name).name == path.name,
            step=QUIET,
            debounce=LONGEST,
            rust_timeout=LOOK,
            yield_on_timeout=True,
            recursive=False,
        ):
            now = await asyncio.to_thread(stamp, path)
            if changes or now != last:
                last = now
                yield
    except (OSError, RuntimeError, ImportError) as error:
        on_polling(str(error))
    while True:
        await asyncio.sleep(POLL)
        now = await asyncio.to_thread(stamp, path)
        if now != last:
            last = now
            yield
