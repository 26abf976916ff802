"""``tutor pack new``: a distribution that holds a pack with one small exercise, complete in the format."""

from __future__ import annotations

import importlib.util
import keyword
import re
from pathlib import Path

import tutor
from tutor.catalog import BUILTIN
from tutor.locale import _

_SCAFFOLD = Path(__file__).parent / "scaffold"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_RESERVED = ("solutions", "tests", "tutor", BUILTIN)


class NotMade(Exception):
    """The pack cannot be made. The text is a whole sentence, with the way out."""


def new_pack(name: str, folder: Path) -> Path:
    """Write a distribution with the pack ``name`` into ``folder``, which is made.

    Returns:
        The folder of the pack itself.

    Raises:
        NotMade: the name will not do, or something is in the folder already.
        OSError: it cannot be written.
    """
    _check_name(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotMade(_("There is something in {folder} already: name another folder.").format(folder=folder))
    title = name.replace("_", " ").strip().capitalize()
    words = {
        "{name}": name,
        "{title}": title,
        "{distribution}": name.replace("_", "-"),
        "{version}": ".".join(tutor.__version__.split(".")[:2]),
    }
    for source in sorted(path for path in _SCAFFOLD.rglob("*") if path.is_file()):
        text = source.read_text(encoding="utf-8")
        for placeholder, word in words.items():
            text = text.replace(placeholder, word)
        place = folder / _place(source.relative_to(_SCAFFOLD), name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder / name


def _place(source: Path, name: str) -> Path:
    """Where a file of the scaffold goes. Some end in ``.txt`` there, so that no tool takes them for ours."""
    if source.name == "gitignore.txt":
        return Path(".gitignore")
    parts = [name if part == "pack" else part for part in source.parts]
    return Path(*parts[:-1], parts[-1].removesuffix(".txt"))


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        what = _("{name} cannot name a pack: small letters a to z, digits and underscores, a letter first, at most 64.")
    elif name in _RESERVED or keyword.iskeyword(name):
        what = _("{name} is reserved: choose another name.")
    elif importlib.util.find_spec(name) is not None:
        what = _("{name} is the name of a Python package that is installed here: choose another name.")
    else:
        return
    raise NotMade(what.format(name=repr(name)))
