"""Where the per-user server is met: a private folder, names that differ where servers must, stale sockets."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tutor.grading import private, rendezvous
from tutor.grading.options import ServerOptions
from tutor.grading.private import NoServer

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no unix sockets here")


@pytest.fixture
def short() -> Iterator[Path]:
    """A private folder with a path short enough for a socket's address."""
    with tempfile.TemporaryDirectory(prefix="t-") as name:
        yield Path(name)


@pytest.fixture
def runtime(short: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    return short


# The folder


def test_the_folder_is_made_for_this_user_alone(runtime: Path) -> None:
    place = private.folder()
    assert place == runtime / "torch-tutor"
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert private.folder() == place


def test_a_link_is_refused(runtime: Path, tmp_path: Path) -> None:
    (runtime / "torch-tutor").symlink_to(tmp_path)
    with pytest.raises(NoServer, match="it is no folder"):
        private.folder()


def test_a_file_is_refused(runtime: Path) -> None:
    (runtime / "torch-tutor").write_text("")
    with pytest.raises(NoServer, match="it is no folder"):
        private.folder()


def test_a_folder_that_others_may_enter_is_refused_and_named(runtime: Path) -> None:
    (runtime / "torch-tutor").mkdir()
    (runtime / "torch-tutor").chmod(0o711)
    with pytest.raises(NoServer, match="others may look into it") as error:
        private.folder()
    assert str(runtime / "torch-tutor") in str(error.value)
    assert private.IDLE_VARIABLE in str(error.value)


def test_a_folder_of_somebody_else_is_refused(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    stranger = os.geteuid() + 1
    (short / f"torch-tutor-{stranger}").mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: stranger)  # which makes us the stranger's guest
    with pytest.raises(NoServer, match="it belongs to somebody else"):
        private.folder()


def test_without_a_runtime_folder_it_is_in_the_cache(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(short))
    assert private.folder() == short / "torch-tutor" / "run"


def test_too_long_a_path_falls_back_to_a_short_one(
    short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    monkeypatch.setenv("XDG_CACHE_HOME", str(long))
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    place = private.folder()
    assert place == short / f"torch-tutor-{os.geteuid()}"
    rendezvous.listen(place / private.LONGEST_NAME).close()  # the system takes it


def test_an_unwritable_place_is_passed_over(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    monkeypatch.setenv("XDG_CACHE_HOME", str(short / "cache"))
    made = Path.mkdir

    def refuse(path: Path, *arguments: object, **options: object) -> None:
        if path == short / "torch-tutor":
            raise OSError(30, "Read-only file system")
        made(path, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert private.folder() == short / "cache" / "torch-tutor" / "run"


@pytest.mark.parametrize(("text", "minutes"), [("", 10), ("0", 0), ("0.5", 0.5), (" 30 ", 30)])
def test_idle_minutes(text: str, minutes: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(private.IDLE_VARIABLE, text)
    assert private.idle_minutes() == minutes


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf", "1e9"])
def test_idle_minutes_that_are_none(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(private.IDLE_VARIABLE, text)
    with pytest.raises(NoServer, match=private.IDLE_VARIABLE):
        private.idle_minutes()


# Names

OPTIONS = ServerOptions(hidden=("/somewhere",))


def test_the_same_is_the_same_name_and_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    name = rendezvous.name_of(OPTIONS)
    monkeypatch.setenv("TERM", "something-else")
    monkeypatch.setenv("PWD", "/elsewhere")
    assert rendezvous.name_of(OPTIONS) == name
    assert len(f"{name}.sock") == len(private.LONGEST_NAME)


@pytest.mark.parametrize(
    "change", [{"hidden": ("/other",)}, {"spawn": "standby"}, {"confinement": ("limits",)}, {"needs": ("sklearn",)}]
)
def test_other_options_are_another_name(change: dict[str, object]) -> None:
    assert rendezvous.name_of(msgspec.structs.replace(OPTIONS, **change)) != rendezvous.name_of(OPTIONS)


@pytest.mark.parametrize("variable", ["CUDA_VISIBLE_DEVICES", "TUTOR_SPAWN", "TUTOR_ANYTHING", "PYTHONPATH", "HOME"])
def test_another_environment_is_another_name(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = rendezvous.name_of(OPTIONS)
    monkeypatch.setenv(variable, "/x")
    assert rendezvous.name_of(OPTIONS) != name


@pytest.mark.parametrize("fact", ["executable", "version"])
def test_another_python_is_another_name(fact: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = rendezvous.name_of(OPTIONS)
    monkeypatch.setattr(rendezvous.sys, fact, "another")
    assert rendezvous.name_of(OPTIONS) != name


def test_an_edited_tutor_is_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "tutor"
    for file in (home / "grading" / "rendezvous.py", home / "cli" / "check.py"):
        file.parent.mkdir(parents=True)
        file.write_text("1")
    monkeypatch.setattr(rendezvous, "__file__", str(home / "grading" / "rendezvous.py"))
    name, stamp = rendezvous.name_of(OPTIONS), rendezvous.code_stamp()
    (home / "cli" / "__pycache__").mkdir()
    (home / "cli" / "__pycache__" / "check.pyc").write_text("2")
    assert rendezvous.code_stamp() == stamp
    (home / "cli" / "check.py").write_text("22")
    assert rendezvous.code_stamp() != stamp
    assert rendezvous.name_of(OPTIONS) != name


# Sockets


def test_what_a_killed_server_left_is_swept_away_and_a_living_one_stays(runtime: Path) -> None:
    place = private.folder()
    for name in ("dead", "alive"):
        for suffix in (".sock", ".log", ".lock"):
            (place / f"{name}{suffix}").write_text("")
    held = private.open_private(place / "alive.lock")
    try:
        assert private.try_lock(held)
        with private.alone(place):
            rendezvous.sweep(place)
    finally:
        os.close(held)
    assert sorted(path.name for path in place.iterdir()) == ["alive.lock", "alive.log", "alive.sock", "lock"]


def test_a_socket_replaces_what_was_there_and_is_private(runtime: Path) -> None:
    path = private.folder() / "a.sock"
    first = rendezvous.listen(path)
    identity = rendezvous.identity(path)
    with first, rendezvous.listen(path):
        assert rendezvous.identity(path) != identity
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [entry.name for entry in path.parent.iterdir()] == ["a.sock"]


def test_nobody_is_listed_where_nobody_is(runtime: Path) -> None:
    place = private.folder()
    (place / f"{rendezvous.name_of(OPTIONS)}.lock").write_bytes(b"{}")
    assert rendezvous.residents() == []
