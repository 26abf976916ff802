from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from catalog_builder import PackBuilder

from tutor.catalog import PackError, load_pack


@pytest.fixture
def pack(tmp_path: Path) -> PackBuilder:
    """A sound pack in English and Japanese, with its solutions inside."""
    return PackBuilder(tmp_path.resolve() / "pack")


@pytest.fixture
def refusals(pack: PackBuilder) -> Callable[[], list[tuple[str, str, int | None, str]]]:
    """What loading ``pack`` refuses: file (relative to the pack), key, line and sentence of each problem."""

    def load() -> list[tuple[str, str, int | None, str]]:
        with pytest.raises(PackError) as caught:
            load_pack(pack.folder)
        assert caught.value.problems
        return [(str(p.file.relative_to(pack.folder)), p.key, p.line, p.message) for p in caught.value.problems]

    return load
