"""For every test: settings, caches and progress of the person who runs them stay out of it."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tutor import locale
from tutor.catalog import builtin_pack
from tutor.grading import Engine

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores ctrl-c, and so would the processes to which the tests send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """In several processes, files are begun in their order: by the number of their tests, a file of two tests that take
    minutes would be the last, and one process would wait for the other."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


@pytest.fixture(autouse=True)
def _own_places(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TUTOR_CONFIG", str(home / "config"))
    monkeypatch.setenv("TUTOR_DATA", str(home / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.delenv("TUTOR_WORKSPACE", raising=False)
    monkeypatch.delenv("TUTOR_SPAWN", raising=False)
    monkeypatch.setenv("TUTOR_IDLE_MINUTES", "0")  # no server that outlives its test
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    locale.use("en")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine() -> AsyncIterator[Engine]:
    """One warm engine for every test that grades for real (``loop_scope="session"``)."""
    pack = builtin_pack()
    async with Engine(hidden=[pack, pack.parent / "solutions"], needs=("sklearn",)) as warm:
        await warm.ready()
        yield warm
