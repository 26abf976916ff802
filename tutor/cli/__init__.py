"""Every command; the app is one of them. ``main`` is what ``tutor`` calls.

Nothing here imports torch or textual, and each command imports what it needs when it is called.
"""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line of this process."""
    arguments = sys.argv[1:]
    if not arguments:
        # Nothing to parse, and the app is what people start most: it does not wait for click. Nor for looks at what
        # is imported, which is here to stay, again and again: from the first paint on garbage is collected as usual.
        import gc

        gc.disable()
        from tutor.cli.start import run_app

        sys.exit(run_app())
    from tutor.cli.root import run

    sys.exit(run(arguments))
