"""How every run of the command line ends: an exit status, and at most a sentence on stderr."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.locale import _

if TYPE_CHECKING:
    from tutor.cli.wiring import Wiring

TROUBLE = 2
"""Exit status of whatever is neither passed (0) nor failed (1)."""
INTERRUPTED = 130


def finish(wiring: Wiring, work: Callable[[], int]) -> int:
    """Do ``work``; answer its exit status, or that of what went wrong, which is said."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        status = work()
        if wiring.workspace_problem:
            from tutor.cli import paper

            paper.warn(wiring.workspace_problem)
            if wiring.unsaved_changes:
                paper.warn(
                    _(
                        "What was graded since then is not in your progress. Your files are as you saved them: open an "
                        "exercise again, and its file is graded anew."
                    )
                )
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read has had enough. Nothing is left to be flushed into the pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return TROUBLE
    except Exception as error:
        _say(error)
        return TROUBLE
    return status


def _say(error: Exception) -> None:
    from tutor.cli import errors, paper

    said = errors.sentence(error)
    if said is not None:
        paper.warn(said)
        return
    import traceback

    traceback.print_exc()
