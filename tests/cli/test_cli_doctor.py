"""``doctor``: what it finds, said in words, and when it says that the tutor cannot work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli_tools import FakeEngine, tutor

from tutor.cli import doctor, wiring
from tutor.grading import Status
from tutor.grading.options import NAMES
from tutor.workspace import settings_file

EngineSays = Callable[..., FakeEngine]


@pytest.fixture(autouse=True)
def _no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    async def look() -> dict[str, object]:
        return {"cuda": "12.6", "devices": []}

    monkeypatch.setattr(doctor, "_look_for_cuda", look)


def test_every_protection_is_explained_in_both_languages() -> None:
    assert tuple(doctor.confinement_words()) == NAMES


def test_what_is_missing_is_said_in_words(engine_says: EngineSays) -> None:
    engine_says().status = Status("ready", confinement=("limits",))
    result = tutor("doctor")
    assert (result.status, result.err) == (0, "")
    words = doctor.confinement_words()
    assert f"✓ good  Protection limits: {words['limits'][0]}" in result.out
    assert f"! note  Protection network: not available here: {words['network'][1]}" in result.out
    assert "no GPU seen" in result.out
    assert result.out.splitlines()[-1] == "The tutor can work here."


def test_a_dead_engine_is_bad(engine_says: EngineSays) -> None:
    engine_says(dead="It has no torch.")
    result = tutor("doctor")
    assert result.status == 2
    assert "✗ bad   Engine: It has no torch." in result.out
    assert result.out.splitlines()[-1] == "The tutor cannot work here yet."


def test_trouble_of_every_kind_is_listed_and_nothing_stops_it(
    engine_says: EngineSays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_says()
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text("no json")
    (tmp_path / "work").write_text("in the way")
    monkeypatch.setattr(wiring, "pack_folders", lambda: (tmp_path / "nowhere",))
    result = tutor("doctor")
    assert result.status == 2
    for said in (str(settings_file()), str(tmp_path / "work"), str(tmp_path / "nowhere"), "nothing to learn"):
        assert said in result.out
    assert "Engine: ready after" in result.out
    monkeypatch.delenv("TUTOR_WORKSPACE")
    assert tutor("doctor").status == 2


def test_missing_libraries(engine_says: EngineSays, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_says()
    monkeypatch.setattr(doctor, "_version", lambda name: None if name in ("textual", "torchvision") else "1.0")
    result = tutor("doctor")
    assert result.status == 0
    assert "! note  textual" in result.out
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "torch" else "1.0")
    result = tutor("doctor")
    assert result.status == 2
    assert "✗ bad   torch" in result.out
