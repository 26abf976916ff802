"""Where commands write: styled on a terminal, plain lines elsewhere. A colour never says anything that no word says."""

from __future__ import annotations

import os
import re
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

READABLE = 100
"""Columns beyond which a line is hard to read."""
LOOKS = {
    "bold": "bold",
    "italic": "italic",
    "strike": "strike",
    "link": "underline",
    "dim": "dim",
    "mark": "blue",
    "heading1": "bold underline",
    "heading2": "bold",
    "heading3": "bold",
    "code": "yellow",
    "math": "cyan",
    "equation": "cyan",
    "comment": "italic dim",
    "constant": "yellow",
    "keyword": "magenta",
    "string": "green",
    "number": "yellow",
    "function": "blue",
    "class": "bold blue",
    "builtin": "cyan",
    "decorator": "blue",
}
"""Styles for the looks of ``tutor.pages``: the terminal's own colours, which suit its background."""
Part = str | tuple[str, str]
"""Text, or text and the style that it has on a terminal."""

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]?|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_console: Console | None = None
_busy = False
"""The last line of the terminal says what is happening now, and makes way for whatever comes next."""


def is_terminal(*streams: str) -> bool:
    """Whether the streams (``stdin``, ``stdout``) are all terminals on which more than lines can be shown."""
    return os.environ.get("TERM") != "dumb" and all(getattr(sys, name).isatty() for name in streams)


def is_dumb() -> bool:
    """Whether there is a terminal, but one that shows only lines."""
    return os.environ.get("TERM") == "dumb" and sys.stdin.isatty() and sys.stdout.isatty()


def terminal() -> Console | None:
    """rich's view of the terminal on stdout; None where there is none. It respects NO_COLOR."""
    global _console
    if not is_terminal("stdout"):
        return None
    if _console is None or _console.file is not sys.stdout:
        from rich.console import Console

        _console = Console(highlight=False, markup=False, emoji=False)
    return _console


def say(*parts: Part) -> None:
    """One line (or several, where the text has several) on stdout. Lines are never folded: the terminal does that."""
    text = clean("".join(part if isinstance(part, str) else part[0] for part in parts))
    console = terminal()
    if console is None:
        _echo(text)
        return
    from rich.text import Text

    quiet()
    pieces = [clean(part) if isinstance(part, str) else (clean(part[0]), part[1]) for part in parts]
    console.print(Text.assemble(*pieces), soft_wrap=True)


def warn(text: str) -> None:
    """A line on stderr."""
    quiet()
    _echo(clean(text), err=True)


def busy(text: str) -> None:
    """Say what is happening now, on a terminal only; the next line takes its place."""
    global _busy
    console = terminal()
    if console is None:
        return
    from rich.cells import set_cell_size

    quiet()
    columns = min(width(text), console.width - 1)  # a line that folds could not be taken back
    console.file.write(set_cell_size(clean(text), columns))
    console.file.flush()
    _busy = True


def quiet() -> None:
    """Nothing is happening any more."""
    global _busy
    if _busy:
        _busy = False
        sys.stdout.write("\r\x1b[2K")
        sys.stdout.flush()


def markdown(text: str) -> None:
    """A page: with colours and drawings on a terminal; elsewhere, and where no colour is wanted, letters alone.

    It is as wide as the terminal, up to ``READABLE``; code is folded nowhere, so that it can be copied.
    """
    from tutor.pages.blocks import read
    from tutor.pages.layout import PLAIN, PRINTED, laid_out

    console = terminal()
    columns = shutil.get_terminal_size().columns if console is None else console.width
    drawn = console is not None and not console.no_color
    for line in laid_out(read(clean(text).strip()), min(columns, READABLE), PRINTED if drawn else PLAIN):
        parts = ((span.text, _style(span.look)) for span in (*line.lead, *line.spans))
        say(*(parts if drawn else [line.shown.rstrip()]))


def _style(look: str) -> str:
    return " ".join(LOOKS[word] for word in look.split() if word in LOOKS)


def code(text: str, language: str = "python") -> None:
    """Source: coloured on a terminal, and nowhere changed, so that it can be copied."""
    console = terminal()
    if console is None or console.no_color:
        _echo(clean(text).rstrip("\n"))
        return
    from rich.syntax import Syntax

    highlighted = Syntax(clean(text).rstrip("\n"), language, theme="ansi_dark").highlight(clean(text).rstrip("\n"))
    highlighted.rstrip()
    console.print(highlighted, soft_wrap=True)


def data(value: object) -> None:
    """JSON on stdout, in UTF-8 whatever the terminal speaks. NaN and infinities are no JSON.

    Raises:
        ValueError: there is one of those in ``value``.
    """
    import json

    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8") + b"\n")
    sys.stdout.buffer.flush()


def _echo(text: str, *, err: bool = False) -> None:
    import click  # only where something is said: the app starts without it

    click.echo(text, err=err)


def clean(text: str) -> str:
    """``text`` without what could move the cursor or change the terminal."""
    return _CONTROL.sub("", text.replace("\r\n", "\n"))


def width(text: str) -> int:
    """Columns that ``text`` takes in a terminal: Japanese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def padded(text: str, columns: int) -> str:
    """``text`` with spaces up to ``columns``."""
    return text + " " * max(0, columns - width(text))
