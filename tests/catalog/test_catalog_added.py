"""What the catalogue knows for packs beside the built-in one: names and places that stay, and equivalent mutants."""

from __future__ import annotations

from pathlib import Path

import pytest
from catalog_builder import E, PackBuilder

from tutor.catalog import BUILTIN, Equivalent, PackError, load_catalog, load_pack

EX = f"{E}/exercise.toml"
ENTRY = "\n[[equivalents]]\nmutant = 'a -> b'\nreason = 'It is the same.'\n"


def test_names_and_places_stay_whatever_packs_come_and_go(tmp_path: Path) -> None:
    builtin = PackBuilder(tmp_path / "one", name=BUILTIN)
    added = PackBuilder(tmp_path / "two", name="added")
    alone, both = load_catalog([added.folder]), load_catalog([builtin.folder, added.folder])
    for catalog in (alone, both):
        mine = catalog.find("added:losses/squared")
        assert (mine.key, mine.place) == ("added:losses/squared", Path("added/losses/squared.py"))
    assert alone.id_of(mine) == "losses/squared"
    assert both.id_of(mine) == "added:losses/squared"
    core = both.find("losses/squared")
    assert (core.pack, core.key, core.place) == (BUILTIN, "losses/squared", Path("losses/squared.py"))
    assert both.id_of(core) == "losses/squared"
    assert both.find("core:losses/squared") == core
    assert [both.find(both.id_of(exercise)) for exercise in both.exercises] == list(both.exercises)


def test_the_order_of_the_packs_does_not_matter(tmp_path: Path) -> None:
    folders = [PackBuilder(tmp_path / name, name=name).folder for name in ("first", BUILTIN, "last")]
    for order in (folders, folders[::-1]):
        catalog = load_catalog(order)
        assert catalog.find("losses/squared").pack == BUILTIN
        assert catalog.id_of(catalog.find("last:losses/squared")) == "last:losses/squared"


def test_equivalents(pack: PackBuilder) -> None:
    assert load_pack(pack.folder).exercises[0].equivalents == ()
    pack.append(EX, ENTRY)
    assert load_pack(pack.folder).exercises[0].equivalents == (Equivalent("a -> b", "It is the same."),)


@pytest.mark.parametrize(
    ("more", "key", "message"),
    [
        (ENTRY.replace("'a -> b'", "3"), "equivalents[0].mutant", "must be a text in quotes, not a whole number"),
        (ENTRY.replace("reason = 'It is the same.'\n", ""), "equivalents[0].reason", "this key is missing"),
        (ENTRY.replace("'It is the same.'", "' '"), "equivalents[0].reason", "this text is empty"),
        (ENTRY.replace("'a -> b'", '"\\u001b[2J"'), "equivalents[0].mutant", "this text holds control characters"),
        (ENTRY + "note = 'x'\n", "equivalents[0].note", "unknown key; the keys here are mutant, reason"),
        (ENTRY * 2, "equivalents[1].mutant", "'a -> b' is listed twice"),
    ],
)
def test_equivalents_that_will_not_do(pack: PackBuilder, more: str, key: str, message: str) -> None:
    pack.append(EX, more)
    with pytest.raises(PackError) as caught:
        load_pack(pack.folder)
    assert [(problem.key, problem.message) for problem in caught.value.problems] == [(key, message)]
    assert caught.value.problems[0].line is not None
