"""Every command; the app is one of them. ``main`` is what ``tutor`` calls.

Nothing here imports torch or textual, and each command imports what it needs when it is called.
"""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line of this process."""
    from tutor.cli.root import run

    sys.exit(run(sys.argv[1:]))
