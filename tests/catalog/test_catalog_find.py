"""Exercises by name and in order; the built-in pack; what importing the catalogue costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from catalog_builder import PackBuilder

from tutor.catalog import Catalog, PackError, UnknownExercise, builtin, builtin_pack, in_language, load_catalog


@pytest.fixture
def catalog(pack: PackBuilder) -> Catalog:
    """Two packs; ``losses/squared`` is in both, ``layers/linear`` only in the first."""
    other = PackBuilder(pack.folder.parent / "other", name="other")
    other.path("layers").rename(other.path("blocks"))
    other.path("solutions/layers").rename(other.path("solutions/blocks"))
    other.replace("pack.toml", '"layers"', '"blocks"')
    catalog = load_catalog([pack.folder, other.folder])
    assert catalog.problems == ()
    return catalog


def test_find(catalog: Catalog) -> None:
    assert catalog.find("layers/linear").pack == "sample"
    assert catalog.find("sample:layers/linear") == catalog.find("layers/linear")
    assert catalog.find("other:losses/squared").pack == "other"


def test_several_packs(catalog: Catalog) -> None:
    with pytest.raises(UnknownExercise) as caught:
        catalog.find("losses/squared")
    assert str(caught.value) == (
        "several packs have an exercise 'losses/squared': write sample:losses/squared or other:losses/squared"
    )
    assert caught.value.matches == ("sample:losses/squared", "other:losses/squared")


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("layers/liner", "layers/linear"),
        ("linear", "layers/linear"),
        ("sample:layers/lineer", "layers/linear"),
        ("other:layers/linear", "layers/linear"),
        ("losses/sqared", "sample:losses/squared"),
    ],
)
def test_close_matches(catalog: Catalog, name: str, match: str) -> None:
    with pytest.raises(UnknownExercise) as caught:
        catalog.find(name)
    assert match in caught.value.matches
    assert str(caught.value).startswith(f"there is no exercise {name!r}; did you mean ")
    for suggestion in caught.value.matches:
        catalog.find(suggestion)


@pytest.mark.parametrize("name", ["", ":", "/", "qqqq/zzzz", "../../etc/passwd"])
def test_nothing_like_it(catalog: Catalog, name: str) -> None:
    with pytest.raises(UnknownExercise) as caught:
        catalog.find(name)
    assert (str(caught.value), caught.value.matches) == (f"there is no exercise {name!r}", ())


def test_id_of_finds_back(catalog: Catalog) -> None:
    assert [catalog.id_of(e) for e in catalog.exercises] == [
        "sample:losses/squared",
        "sample:losses/absolute",
        "layers/linear",
        "other:losses/squared",
        "other:losses/absolute",
        "blocks/linear",
    ]
    assert all(catalog.find(catalog.id_of(e)) == e for e in catalog.exercises)


def test_next_after(catalog: Catalog) -> None:
    """From topic to topic and pack to pack, until there is none."""
    exercises = catalog.exercises
    assert [catalog.next_after(e) for e in exercises] == [*exercises[1:], None]
    assert Catalog(catalog.packs[:1]).next_after(exercises[-1]) is None


def test_in_language() -> None:
    assert in_language({"en": "loss", "ja": "損失"}, "ja") == "損失"
    assert in_language({"en": "loss", "ja": "損失"}, "fr") == "loss"


def test_builtin_pack_of_a_checkout() -> None:
    assert builtin_pack() == Path(__file__).resolve().parents[2] / "exercises"


def test_builtin_pack_of_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes before a folder that happens to lie beside the package."""
    monkeypatch.setattr(builtin, "_PACKAGE", tmp_path / "tutor")
    for folder in (tmp_path / "tutor/builtin/exercises", tmp_path / "exercises"):
        folder.mkdir(parents=True)
        (folder / "pack.toml").touch()
    assert builtin_pack() == tmp_path / "tutor/builtin/exercises"


def test_no_builtin_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin, "_PACKAGE", tmp_path / "tutor")
    (tmp_path / "exercises").mkdir()  # anyone's
    with pytest.raises(
        PackError, match=r"the built-in exercises are missing, here and in .*: install torch-tutor again"
    ):
        builtin_pack()


def test_importing_the_catalogue_imports_nothing_large() -> None:
    """The first paint waits for it."""
    code = "import sys, json, tutor.catalog.load; print(json.dumps(sorted({n.partition('.')[0] for n in sys.modules})))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    imported = set(json.loads(answer.stdout))
    assert "msgspec" in imported
    assert not imported & {"torch", "textual", "rich", "numpy", "pytest", "click", "sqlite3", "difflib", "asyncio"}
