"""The cache of packs: it saves the reading, and never hides a change."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from catalog_builder import E, PackBuilder

from tutor.catalog import Catalog, PackError, cache, first_look, load, load_catalog, open_catalog


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The packs that were read and checked. Here one is kept however lately it was changed."""
    monkeypatch.setattr(cache, "SETTLED", -1e6)
    real, folders = load.load_pack, []

    def load_pack(folder: Path):  # type: ignore[no-untyped-def]
        folders.append(folder)
        return real(folder)

    monkeypatch.setattr(load, "load_pack", load_pack)
    return folders


def files(pack: PackBuilder) -> list[Path]:
    """What the cache holds."""
    return sorted(cache._file(pack.folder).parent.iterdir())


def later(path: Path, change: Callable[[], None]) -> None:
    """Make ``change`` at a moment that the file system's clock tells from the last change of ``path``."""
    before = path.stat().st_ctime_ns
    change()
    while path.exists() and path.stat().st_ctime_ns == before:
        change()


def test_what_is_known_is_not_read_again(pack: PackBuilder, reads: list[Path]) -> None:
    assert first_look([pack.folder]) is None
    read = open_catalog([pack.folder])
    assert reads == [pack.folder]
    assert open_catalog([pack.folder]) == read == first_look([pack.folder])
    assert reads == [pack.folder]
    assert read == load_catalog([pack.folder])


def test_a_link_to_a_pack_is_that_pack(pack: PackBuilder, reads: list[Path], tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(pack.folder)
    known = open_catalog([pack.folder])
    assert open_catalog([link]) == known
    assert len(reads) == 1


@pytest.mark.parametrize(
    "file",
    [
        *("pack.toml", "losses/topic.toml", f"{E}/exercise.toml", f"{E}/lesson.md", f"{E}/faq.ja.md", f"{E}/stub.py"),
        *(f"{E}/test_squared.py", f"{E}/mistakes/wrong.py", f"solutions/{E}/solution.py"),
        f"solutions/{E}/explained.ja.md",
    ],
)
def test_a_changed_file_is_noticed(file: str, pack: PackBuilder, reads: list[Path]) -> None:
    open_catalog([pack.folder])
    pack.append(file, "\n\n")
    open_catalog([pack.folder])
    assert len(reads) == 2


def test_a_change_that_keeps_size_and_time_is_noticed(pack: PackBuilder, reads: list[Path]) -> None:
    open_catalog([pack.folder])
    stub = pack.path(f"{E}/stub.py")
    status = stub.stat()

    def change() -> None:
        pack.write(f"{E}/stub.py", stub.read_bytes().swapcase())
        os.utime(stub, ns=(status.st_atime_ns, status.st_mtime_ns))

    later(stub, change)
    assert (stub.stat().st_size, stub.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    open_catalog([pack.folder])
    assert len(reads) == 2


def test_files_that_come_and_go_are_noticed(pack: PackBuilder, reads: list[Path]) -> None:
    open_catalog([pack.folder])
    pack.write(f"{E}/mistakes/another.py", "# mistake: mean-or-sum\n")
    open_catalog([pack.folder])
    pack.path(f"{E}/mistakes/another.py").unlink()
    open_catalog([pack.folder])
    pack.path(f"solutions/{E}/solution.py").rename(pack.path(f"solutions/{E}/right.py"))
    open_catalog([pack.folder])
    assert len(reads) == 4


def test_a_folder_that_comes_is_noticed(pack: PackBuilder, reads: list[Path]) -> None:
    """An empty ``solutions/`` in the pack hides the one beside it."""
    pack.path("solutions").rename(pack.folder.parent / "solutions")
    assert open_catalog([pack.folder]).packs
    pack.path("solutions").mkdir()
    assert not open_catalog([pack.folder]).packs
    assert len(reads) == 2


def test_solutions_beside_the_pack_count(pack: PackBuilder, reads: list[Path]) -> None:
    beside = pack.folder.parent / "solutions"
    pack.path("solutions").rename(beside)
    open_catalog([pack.folder])
    (beside / "of another pack").mkdir()
    open_catalog([pack.folder])
    assert len(reads) == 1
    (beside / E / "solution.py").write_text("def loss(): return 1  # the same\n")
    open_catalog([pack.folder])
    assert len(reads) == 2


def test_a_link_counts_as_what_it_leads_to(pack: PackBuilder, reads: list[Path]) -> None:
    link, other = pack.path(f"{E}/mistakes/link.py"), pack.path("layers/linear/mistakes/wrong.py")
    link.symlink_to(other)
    assert open_catalog([pack.folder]).packs
    later(other, lambda: pack.append("layers/linear/mistakes/wrong.py", "x = 1\n"))
    open_catalog([pack.folder])
    link.unlink()
    link.symlink_to("/etc/hostname")
    assert not open_catalog([pack.folder]).packs
    assert len(reads) == 3


def test_what_is_no_part_of_a_pack_does_not_count(pack: PackBuilder, reads: list[Path]) -> None:
    open_catalog([pack.folder])
    pack.write(f"{E}/__pycache__/test_squared.pyc", b"\0")
    pack.write(".git/index", b"\0")
    open_catalog([pack.folder])
    assert len(reads) == 1


def test_a_broken_pack_is_never_kept(pack: PackBuilder, reads: list[Path]) -> None:
    pack.path(f"{E}/stub.py").unlink()
    problems = [open_catalog([pack.folder]).problems for _ in range(2)]
    assert problems[0] == problems[1] == load_catalog([pack.folder]).problems
    assert problems[0]
    assert first_look([pack.folder]) is None
    assert len(reads) == 3


def test_a_pack_that_breaks_is_refused(pack: PackBuilder, reads: list[Path]) -> None:
    open_catalog([pack.folder])
    pack.path(f"{E}/stub.py").unlink()
    assert "stub.py" in str(open_catalog([pack.folder]).problems[0])


def test_two_packs_of_one_name(pack: PackBuilder, reads: list[Path], tmp_path: Path) -> None:
    other = PackBuilder(tmp_path.resolve() / "other")
    both = [pack.folder, other.folder, pack.folder]
    first = open_catalog(both)
    assert first == open_catalog(both) == load_catalog(both)
    assert [problem.key for problem in first.problems] == ["name"]
    assert first_look(both) is None
    assert len(reads) == 2 + 3


def test_each_pack_is_kept_by_itself(pack: PackBuilder, reads: list[Path], tmp_path: Path) -> None:
    other = PackBuilder(tmp_path.resolve() / "other", name="other")
    open_catalog([pack.folder, other.folder])
    other.append(f"{E}/lesson.md", "\nMore.\n")
    open_catalog([pack.folder, other.folder])
    assert reads == [pack.folder, other.folder, other.folder]


# The first look


@pytest.mark.parametrize("file", ["pack.toml", "losses/topic.toml"])
def test_a_first_look_sees_what_there_is(file: str, pack: PackBuilder, reads: list[Path]) -> None:
    open_catalog([pack.folder])
    pack.append(file, "\n")
    assert first_look([pack.folder]) is None
    open_catalog([pack.folder])
    assert first_look([pack.folder]) is not None
    pack.path(file).unlink()
    assert first_look([pack.folder]) is None


@pytest.mark.parametrize("file", ["stub.py", "exercise.toml"])
def test_a_first_look_leaves_the_rest_to_the_second(file: str, pack: PackBuilder, reads: list[Path]) -> None:
    known = open_catalog([pack.folder])
    pack.path(f"{E}/{file}").unlink()
    assert first_look([pack.folder]) == known
    assert not open_catalog([pack.folder]).packs


def test_a_first_look_is_at_every_pack_or_at_none(pack: PackBuilder, reads: list[Path], tmp_path: Path) -> None:
    other = PackBuilder(tmp_path.resolve() / "other", name="other")
    open_catalog([pack.folder])
    assert first_look([pack.folder, other.folder]) is None
    assert first_look([]) == Catalog(())


def test_nothing_is_read_for_what_is_known(
    pack: PackBuilder, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither look opens a file of the pack."""
    known = open_catalog([pack.folder])
    opened: list[str] = []
    real = os.open

    def counting(path, *arguments, **options):  # type: ignore[no-untyped-def]
        opened.append(os.fspath(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", counting)
    assert first_look([pack.folder]) == open_catalog([pack.folder]) == known
    assert opened == []


# A cache that is no use


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"{}", b"\xc1" * 100, b"\x95" + b"\xc0" * 5],
    ids=["empty", "zero", "json", "noise", "another shape"],
)
def test_a_corrupt_cache_is_none(content: bytes, pack: PackBuilder, reads: list[Path]) -> None:
    known = open_catalog([pack.folder])
    (file,) = files(pack)
    file.write_bytes(content)
    assert first_look([pack.folder]) is None
    assert open_catalog([pack.folder]) == known
    assert len(reads) == 2
    assert first_look([pack.folder]) == known


def test_half_a_cache_is_none(pack: PackBuilder, reads: list[Path]) -> None:
    known = open_catalog([pack.folder])
    (file,) = files(pack)
    file.write_bytes(file.read_bytes()[:-10])
    assert first_look([pack.folder]) is None
    assert open_catalog([pack.folder]) == known
    assert len(reads) == 2


def test_the_cache_of_another_folder_is_none(pack: PackBuilder, reads: list[Path], tmp_path: Path) -> None:
    """Two folders may come to the same name in the cache; what is in it says whose it is."""
    open_catalog([pack.folder])
    other = tmp_path.resolve() / "other"
    shutil.copytree(pack.folder, other)
    (file,) = files(pack)
    shutil.copy(file, cache._file(other))
    assert first_look([other]) is None
    assert open_catalog([other]).packs[0].folder == other


def test_another_loader_reads_for_itself(pack: PackBuilder, reads: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    open_catalog([pack.folder])
    monkeypatch.setattr(cache, "_loader", lambda: "a later version")
    assert first_look([pack.folder]) is None
    open_catalog([pack.folder])
    assert len(reads) == 2


def test_what_was_changed_a_moment_ago_is_not_kept(
    pack: PackBuilder, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may change again within the same tick of the clock, and look the same."""
    monkeypatch.setattr(cache, "SETTLED", 3600.0)
    for _ in range(2):
        assert open_catalog([pack.folder]).packs
    assert len(reads) == 2


def test_without_a_place_for_the_cache_all_is_read(
    pack: PackBuilder, reads: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "cache"))
    for _ in range(2):
        assert open_catalog([pack.folder]).packs
    assert len(reads) == 2


def test_a_cache_that_cannot_be_written_is_let_be(
    pack: PackBuilder, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, content: bytes) -> None:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    for _ in range(2):
        assert open_catalog([pack.folder]).packs
    assert len(reads) == 2
    assert files(pack) == []


def test_a_folder_that_cannot_be_looked_into_is_left_to_the_loader(
    pack: PackBuilder, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_catalog([pack.folder])
    real = os.scandir

    def scandir(path):  # type: ignore[no-untyped-def]
        if str(path).endswith("mistakes"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert "cannot be read" in str(open_catalog([pack.folder]).problems[0])


def test_no_folder_at_all(tmp_path: Path, reads: list[Path]) -> None:
    assert first_look([tmp_path / "nowhere"]) is None
    assert open_catalog([tmp_path / "nowhere"]).problems
    with pytest.raises(PackError):
        load.load_pack(tmp_path / "nowhere")
