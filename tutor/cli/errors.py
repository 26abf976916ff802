"""What goes wrong, as a sentence on stderr. Nothing that a learner can bring about shows a traceback."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tutor.locale import _

if TYPE_CHECKING:  # a bare `tutor` has no command line, and does not wait for what reads one
    import click


_MOST_FILES = 5


class Refusal(Exception):
    """A command cannot do what it was asked for. The text is a whole sentence for the learner, with the way out."""


def sentence(error: Exception) -> str | None:
    """What to say about ``error``; None where it is nobody's but the tutor's own mistake."""
    from tutor.catalog import PackError, UnknownExercise
    from tutor.workspace import SettingsError, WorkspaceError

    if isinstance(error, UnknownExercise):
        text = str(error)
        return _("{sentence} `tutor list` shows them all.").format(sentence=_as_sentence(text))
    if isinstance(error, Refusal | WorkspaceError | SettingsError | PackError):
        return str(error)
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        # What could not be copied, as (from, to, why): one line each.
        shown = [f"{one[0]}: {one[2]}" for one in error.args[0][:_MOST_FILES]]
        return _("The system refused: {reason}").format(reason="\n  ".join(shown))
    if isinstance(error, OSError):
        return _("The system refused: {reason}").format(reason=error)
    return None


def usage(error: click.UsageError) -> str:
    """A slip on the command line, in the tutor's words rather than click's, which are English only."""
    import click

    if isinstance(error, click.NoSuchOption):
        return close(_("There is no option {name}.").format(name=error.option_name), error.possibilities or ())
    if isinstance(error, click.BadOptionUsage):
        return _("The option {name} needs a value, or got one that it does not take.").format(name=error.option_name)
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param and error.ctx else ""
        return _("{name} is missing.").format(name=name)
    return error.format_message() if type(error) is click.UsageError else error.message


def close(text: str, candidates: Iterable[str]) -> str:
    """``text``, and what may have been meant."""
    names = sorted(candidates)
    return text + (_(" Did you mean {names}?").format(names=_(" or ").join(names)) if names else "")


def similar(name: str, names: Iterable[str]) -> list[str]:
    """Those of ``names`` that look like ``name``."""
    import difflib

    return difflib.get_close_matches(name, list(names), n=2, cutoff=0.6)


def _as_sentence(text: str) -> str:
    return text if text.endswith(("?", "？", "。", ".")) else text + _(".")
