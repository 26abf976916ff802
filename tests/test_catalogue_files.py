"""The message catalogues: complete, compiled, and with the same places to fill in."""

from __future__ import annotations

import importlib.util
import io
import string
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.mofile import write_mo


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    path = Path(__file__).resolve().parent.parent / "tools" / "catalogue.py"
    spec = importlib.util.spec_from_file_location("catalogue", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_message_is_translated(tool: ModuleType) -> None:
    assert tool.missing("ja") == []


def test_nothing_is_translated_that_nobody_says(tool: ModuleType) -> None:
    said = {message.id for message in tool.template()}
    assert [message.id for message in tool.load("ja") if message.id not in said] == []


def test_translations_have_the_same_places_to_fill_in(tool: ModuleType) -> None:
    for message in tool.load("ja"):
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[-1]
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in texts:
                assert fields(text) == fields(source), source


def test_the_compiled_catalogue_is_up_to_date(tool: ModuleType) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, tool.load("ja"))
    assert tool.po_file("ja").with_suffix(".mo").read_bytes() == fresh.getvalue()
