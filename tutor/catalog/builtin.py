"""Where the built-in pack is: beside the code in a wheel, at the top of the repository in a checkout."""

from __future__ import annotations

from pathlib import Path

from tutor.catalog.problems import PackError, Problem
from tutor.locale import _

BUILTIN = "core"
"""The name of the built-in pack. Its exercises keep short names and places, whatever packs come and go."""

_PACKAGE = Path(__file__).resolve().parents[1]


def builtin_pack() -> Path:
    """The folder of the built-in pack.

    Raises:
        PackError: this installation has none.
    """
    installed, checkout = _PACKAGE / "builtin" / "exercises", _PACKAGE.parent / "exercises"
    for folder in (installed, checkout):
        # A folder alone proves nothing: `exercises` beside the package may be anyone's in site-packages.
        if (folder / "pack.toml").is_file():
            return folder
    message = _("the built-in exercises are missing, here and in {checkout}: install torch-tutor again")
    raise PackError([Problem(installed, "", None, message.format(checkout=checkout))])
