"""How a server is to be started: what the client passes on its command line."""

from __future__ import annotations

import os
import sys
from typing import Literal

import msgspec

NAMES: tuple[str, ...] = (
    *("user", "network", "ipc", "mount", "tmpfs", "pid", "proc"),
    *("tree", "landlock", "calls", "limits"),
)
"""Every protection there is, in the order in which they are taken; ``tutor doctor`` explains them."""

Spawn = Literal["fork", "standby"]


class ServerOptions(msgspec.Struct, frozen=True):
    """Options of one server process."""

    channel: int = -1
    """File descriptor of the socket to the client."""
    spawn: Spawn = "fork"
    hidden: tuple[str, ...] = ()
    """Folders that no box may read: packs, solutions, the learner's workspace."""
    needs: tuple[str, ...] = ()
    """Libraries to import at the start."""
    confinement: tuple[str, ...] = NAMES
    """Protections that may be tried."""


def spawn_by_default() -> Spawn:
    """Fork on Linux; standby processes where fork is not safe. ``TUTOR_SPAWN`` chooses otherwise."""
    chosen = os.environ.get("TUTOR_SPAWN", "")
    if chosen in ("fork", "standby"):
        return "fork" if chosen == "fork" else "standby"
    return "fork" if sys.platform == "linux" else "standby"
