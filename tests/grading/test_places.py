"""What a box may read, and the file tree made of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.grading import places, texts

ENTER = """
import json, os, sys
from pathlib import Path

import pytest
from tutor.grading import namespaces, places, tree

base, library, hidden = map(Path, sys.argv[1:])
active = namespaces.take_namespaces(base, ("user", "mount"))
made = tree.lay_out(base, [hidden]) if "mount" in active else None
said = {"active": list(active), "made": made is not None}
if made is not None:
    made.enter()
    said["library"] = sorted(os.listdir(library))
    said["hidden"] = os.listdir(hidden)
    said["through the link"] = (library.parent / "link" / "module.py").read_text()
    said["outside"] = (library.parent / "secret.txt").exists()
    said["root"] = sorted(os.listdir("/"))
    refused = []
    for path in (library / "module.py", Path("/etc/new"), Path("/dev/new")):
        try:
            path.write_text("x")
        except OSError as error:
            refused.append(error.strerror)
    said["refused"] = len(refused)
    Path("note.txt").write_text("mine")
    Path("/dev/shm/note").write_text("mine")
    said["here"] = os.getcwd()
print(json.dumps(said))
"""


def test_only_the_outermost_of_nested_folders_is_shown() -> None:
    paths = [Path("/usr"), Path("/usr/lib/python3"), Path("/opt/a"), Path("/opt/ab")]
    assert places.outermost(paths) == [Path("/usr"), Path("/opt/a"), Path("/opt/ab")]


def test_libraries_hold_python_and_torch_and_never_the_root() -> None:
    import torch

    found = places.libraries()
    assert Path("/") not in found
    assert any(Path(torch.__file__).is_relative_to(root) for root in found)
    assert any(Path(sys.executable).is_relative_to(root) for root in found)


def test_a_tree_shows_libraries_and_nothing_else(tmp_path: Path) -> None:
    """In a process of its own: where the system lets it have a tree it sees that tree; where not, it says so."""
    base, real = tmp_path / "base", tmp_path / "real"
    hidden = real / "exercises"
    base.mkdir()
    hidden.mkdir(parents=True)
    (hidden / "test_grader.py").write_text("answer")
    (real / "module.py").write_text("library")
    (tmp_path / "secret.txt").write_text("secret")
    link = tmp_path / "link"
    link.symlink_to("real")
    command = [sys.executable, "-c", ENTER, str(base), str(real), str(hidden)]
    from os import environ

    done = subprocess.run(command, env=environ | {"PYTHONPATH": str(link)}, capture_output=True, text=True, check=False)
    said = json.loads(done.stdout or "{}")
    assert said, done.stderr
    if "mount" not in said["active"]:
        assert not said["made"]
        return
    assert said["made"], done.stderr
    assert said["library"] == ["exercises", "module.py"]
    assert said["hidden"] == []
    assert said["through the link"] == "library"
    assert said["outside"] is False
    assert said["refused"] == 3
    assert said["here"] == "/submission"
    assert (real / "module.py").read_text() == "library"
    assert not {"home", "root", "var", "run"} & set(said["root"]) - {Path(part).parts[1] for part in sys.path if part}


def test_texts_lose_what_commands_a_terminal() -> None:
    assert texts.clean("a\x1b[2Jb\x07\tc\r\nd\x9be") == "ab\tc\nde"
    assert texts.clean("x" * 9000) == "x" * 3999 + "…"
    assert texts.name("two\nlines " + "y" * 200).startswith("two lines yyy")
    assert len(texts.name("y" * 200)) == texts.MOST_NAME
    assert texts.encodable("half \ud83d of it") == "half ? of it"


CLEAR = """
import json, sys
from pathlib import Path

import pytest
from tutor.grading import kernel, namespaces

base, precious = map(Path, sys.argv[1:])
active = namespaces.take_namespaces(base, ("user", "mount"))
if "mount" in active:
    inside = base / "a folder" / "tree"
    inside.mkdir(parents=True)
    kernel.bind(precious, inside)
    assert namespaces.mounts_in(base) == [inside.resolve()]
if sys.stdin.read() == "stuck":
    def refuse(folder):
        raise OSError
    kernel.detach = refuse
namespaces.clear_away(base)
print(json.dumps({"active": list(active), "there": base.exists()}))
"""


@pytest.mark.parametrize("word", ["free", "stuck"])
def test_clearing_away_never_reaches_what_is_mounted(tmp_path: Path, word: str) -> None:
    """A tree that is still mounted holds the machine's libraries, writable ones where read-only mounts are refused."""
    base, precious = tmp_path / "base", tmp_path / "precious"
    base.mkdir()
    precious.mkdir()
    (precious / "library.py").write_text("kept")
    command = [sys.executable, "-c", CLEAR, str(base), str(precious)]
    done = subprocess.run(command, input=word, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert (precious / "library.py").read_text() == "kept"
    assert said["there"] == (word == "stuck" and "mount" in said["active"])
