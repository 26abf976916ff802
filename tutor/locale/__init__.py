"""The tutor's own words, in the learner's language (gettext catalogues beside this file).

Wrap what a person reads in ``_("…")`` and fill it in afterwards: ``_("{name} is missing").format(name=name)``, never an
f-string, so that the catalogue holds the whole sentence. The English text is the key; ``ja/LC_MESSAGES/tutor.po`` holds
the Japanese. Packs carry their own languages in their own files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gettext

LANGUAGES: tuple[str, ...] = ("en", "ja")
"""Languages that the tutor itself speaks, the default first."""

LANGUAGE_NAMES: Mapping[str, str] = {"en": "English", "ja": "日本語"}

_FOLDER = Path(__file__).parent
_current = "en"
_catalogue: gettext.NullTranslations | None = None


def use(language: str) -> None:
    """Speak ``language`` (one of ``LANGUAGES``) from now on, in this process.

    Raises:
        ValueError: for a language that the tutor does not speak.
    """
    global _current, _catalogue
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language!r}; choose one of {', '.join(LANGUAGES)}")
    _current = language
    if language == "en":
        _catalogue = None
    else:
        import gettext  # only here: whoever reads English does not wait for it

        _catalogue = gettext.translation("tutor", localedir=_FOLDER, languages=[language])


def current() -> str:
    """The language spoken now."""
    return _current


def from_environment(environment: Mapping[str, str] | None = None) -> str:
    """The language asked for by ``LC_ALL``, ``LC_MESSAGES`` or ``LANG`` (in that order), or English."""
    environment = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name)
        if value:
            language = value.split(".")[0].split("_")[0].lower()
            return language if language in LANGUAGES else "en"
    return "en"


def _(message: str) -> str:
    """``message`` in the current language; itself where the catalogue has none."""
    return message if _catalogue is None else _catalogue.gettext(message)


def plural(one: str, many: str, count: int) -> str:
    """``one`` or ``many`` for ``count``, in the current language."""
    if _catalogue is None:
        return one if count == 1 else many
    return _catalogue.ngettext(one, many, count)
