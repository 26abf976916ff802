"""A judge or box as a process of its own: ``python -m tutor.grading.standby ROLE CHANNEL TRACE FOLDER BASE [HIDDEN…]``.

Used where fork is not safe (macOS), and on Linux by choice (``TUTOR_SPAWN=standby``). It imports everything and waits.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from tutor.grading import confine, landlock
from tutor.grading.frames import BlockingChannel


def main(arguments: list[str]) -> None:
    role, channel_fd, trace, folder, base, *hidden = arguments
    channel = BlockingChannel(socket.socket(fileno=int(channel_fd)))
    if role == "judge":
        from tutor.grading import judge

        confine.hide_memory()
        judge.serve(channel)
    else:
        from tutor.grading import box

        rules = landlock.rules(Path(base), [Path(path) for path in hidden])
        box.serve(channel, int(trace), Path(folder), confine.Fence(Path(base), rules=rules))
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
