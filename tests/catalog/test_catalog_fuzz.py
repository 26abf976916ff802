"""Whatever a manifest or a grader holds: a pack loads, or PackError says where it does not."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from catalog_builder import EXERCISE_TOML, GRADER, PACK_TOML, E, PackBuilder
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.catalog import PackError, Problem, load_pack

unhurried = settings(deadline=None)  # the machine may have other things to do


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> PackBuilder:
    """A pack of which every example writes the same one file again."""
    builder = PackBuilder(tmp_path_factory.mktemp("fuzz") / "pack")
    builder.topic("losses", "squared")
    return builder


def load(pack: PackBuilder, file: str, content: str | bytes) -> None:
    """Loads or raises PackError with problems in files of the pack, each on a line that exists."""
    sound = pack.path(file).read_bytes()
    pack.write(file, content)
    try:
        load_pack(pack.folder)
    except PackError as error:
        check(error.problems, pack.folder)
    finally:
        pack.write(file, sound)


def check(problems: tuple[Problem, ...], folder: Path) -> None:
    assert problems
    for problem in problems:
        assert "\n" not in str(problem)
        assert problem.file.is_relative_to(folder)
        assert problem.line is None or 1 <= problem.line <= count_lines(problem.file)


def count_lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") + 1


def mutations(text: str) -> st.SearchStrategy[str]:
    """``text`` with a stretch of it replaced by something that TOML or Python may or may not mind."""
    pieces = st.sampled_from(
        ["", '"', "'''", "[", "]", "{", "=", "\n", "#", "[[x]]", "1e999", "-1", "nan", "\0", "é", "x.y"]
    )
    places = st.integers(0, len(text))

    def mutate(first: int, second: int, piece: str, more: str) -> str:
        low, high = sorted((first, second))
        return text[:low] + piece + more + text[high:]

    near = st.tuples(places, st.integers(0, 20)).map(lambda p: (p[0], min(len(text), p[0] + p[1])))
    return st.builds(lambda pair, piece, more: mutate(*pair, piece, more), near, pieces, pieces | st.text(max_size=5))


KEYS = st.sampled_from(
    [
        "title",
        "difficulty",
        "minutes",
        "needs",
        "devices",
        "limits",
        "requirements",
        "equivalents",
        "mutant",
        "reason",
        "seconds",
        "en",
        "ja",
        "test",
        "sentence",
    ]
) | st.text(max_size=8)
LEAVES = (
    st.integers()
    | st.floats()
    | st.booleans()
    | st.text(max_size=8)
    | st.dates()
    | st.sampled_from(["test_value", "cpu"])
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


def toml(value: Any) -> str:
    """``value`` as an inline TOML value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return str(value)


@unhurried
@given(st.binary(max_size=200))
def test_bytes(spoilt: PackBuilder, content: bytes) -> None:
    load(spoilt, f"{E}/exercise.toml", content)


@unhurried
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_values(spoilt: PackBuilder, values: dict[str, Any]) -> None:
    load(spoilt, f"{E}/exercise.toml", "".join(f"{toml(key)} = {toml(item)}\n" for key, item in values.items()))


EQUIVALENTS = "\n[[equivalents]]\nmutant = 'a -> b'\nreason = 'The same.'\n"


@unhurried
@given(mutations(EXERCISE_TOML + EQUIVALENTS))
def test_exercise_manifest(spoilt: PackBuilder, content: str) -> None:
    load(spoilt, f"{E}/exercise.toml", content)


@unhurried
@given(mutations(PACK_TOML.format(name="sample")))
def test_pack_manifest(spoilt: PackBuilder, content: str) -> None:
    load(spoilt, "pack.toml", content)


@unhurried
@given(mutations(GRADER))
def test_grader(spoilt: PackBuilder, content: str) -> None:
    load(spoilt, f"{E}/test_squared.py", content)
