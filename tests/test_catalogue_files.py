"""The message catalogues: complete, compiled, and with the same places to fill in."""

from __future__ import annotations

import io
import string
from types import ModuleType

import pytest
from babel.messages.mofile import write_mo
from tool_scripts import tool


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return tool("catalogue")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_message_is_translated(script: ModuleType) -> None:
    assert script.missing("ja") == []


def test_nothing_is_translated_that_nobody_says(script: ModuleType) -> None:
    said = {message.id for message in script.template()}
    assert [message.id for message in script.load("ja") if message.id not in said] == []


def test_translations_have_the_same_places_to_fill_in(script: ModuleType) -> None:
    for message in script.load("ja"):
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[-1]
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in texts:
                assert fields(text) == fields(source), source


def test_the_compiled_catalogue_is_up_to_date(script: ModuleType) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, script.load("ja"))
    assert script.po_file("ja").with_suffix(".mo").read_bytes() == fresh.getvalue()
