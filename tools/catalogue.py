"""Bring the message catalogues up to date: ``python tools/catalogue.py``.

Collects every ``_("…")`` and ``plural("…", "…", n)`` of ``tutor/``, merges them into each ``tutor.po`` (new ones stay
empty, to be translated by hand), and compiles ``tutor.mo``, which the tutor reads. Needs babel (extra ``test``).
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

TUTOR = Path(__file__).resolve().parent.parent / "tutor"
KEYWORDS = {"_": None, "plural": (1, 2), "N_": None}


def template() -> Catalog:
    """Every message of the source."""
    catalogue = Catalog(project="torch-tutor", charset="utf-8")
    found = extract_from_dir(TUTOR, method_map=[("**.py", "python")], keywords=KEYWORDS)
    for name, line, message, comments, _ in found:
        catalogue.add(message, None, [(name, line)], auto_comments=comments)
    return catalogue


def po_file(language: str) -> Path:
    return TUTOR / "locale" / language / "LC_MESSAGES" / "tutor.po"


def load(language: str) -> Catalog:
    path = po_file(language)
    if not path.is_file():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[str]:
    """Messages of the source that have no finished translation."""
    catalogue = load(language)
    found = []
    for message in template():
        if message.id:
            known = catalogue.get(message.id)
            texts = known.string if known and isinstance(known.string, tuple) else (known.string if known else "",)
            if known is None or known.fuzzy or not all(texts):
                found.append(str(message.id))
    return found


def main() -> int:
    for language in ("ja",):
        catalogue = load(language)
        catalogue.update(template(), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=True, no_location=True)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        for message in missing(language):
            print(f"{language}: not translated: {message!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
