"""What documents and examples promise: the instructors' guide is followed, the example is built and graded."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from authoring_tools import tutor
from proving import is_written_down, reads_well, still_works

from tutor.catalog import load_pack
from tutor.cli.wiring import load_catalog
from tutor.grading import Engine

SECONDS = 900


def offline(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody with this tutor installed, pip and git without a network, and a folder for pip."""
    programs = Path(sys.executable).parent
    site = tmp_path / "site"
    return os.environ | {
        "HOME": str(tmp_path),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PIP_TARGET": str(site),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it the other way round: no isolation, so no download
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }


@pytest.mark.skipif(
    not all(map(shutil.which, ("git", "perl", "bash"))), reason="git, perl or bash is not installed here"
)
def test_the_commands_of_the_instructors_guide(repository: Path, tmp_path: Path) -> None:
    text = (repository / "docs" / "instructors.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 6
    folder = tmp_path / "desk"
    folder.mkdir()
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
        cwd=folder,
        env=offline(tmp_path),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("1 of 1 exercise is sound") == 4
    assert "mutants killed (100.0%)" in done.stdout
    assert "Passed: all 3 requirements" in done.stdout
    assert done.stdout.count("Added: linear_algebra") == 3
    assert re.search(r"linear_algebra .*\n\s+From linear-algebra \(0\.1\.0\)", done.stdout)


@pytest.mark.asyncio(loop_scope="session")
async def test_the_example_is_built_installed_found_and_graded(
    repository: Path, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = shutil.copytree(repository / "examples" / "tutor-broadcasting", tmp_path / "source")
    environment = offline(tmp_path)
    pip = [sys.executable, "-m", "pip"]
    for arguments in (
        ["wheel", "--wheel-dir", "dist", "."],
        ["install", "dist/tutor_broadcasting-0.1.0-py3-none-any.whl"],
    ):
        done = subprocess.run(
            [*pip, *arguments], cwd=source, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert tutor("pack", "add", "tutor-broadcasting", "--yes").status == 0
    exercise = load_catalog().find("broadcasting/pairwise")
    assert exercise.folder.is_relative_to(tmp_path / "site")
    is_written_down(exercise)
    reads_well(exercise)
    await still_works(engine, exercise)


def test_the_example_in_the_repository_loads(repository: Path) -> None:
    assert load_pack(repository / "examples" / "tutor-broadcasting" / "tutor_broadcasting").name == "broadcasting"


SUBMISSION = """
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(64, 2)
        self.weight = self.linear.weight

    def forward(self, images):
        return self.linear(images.flatten(1))
"""
COLLECTING = """
import json

from tutor.testing import show

shown = []
show.use_sink(lambda kind, name, values: shown.append([kind, name, len(values)]))


def pytest_sessionfinish(session):
    (session.config.rootpath / "shown.json").write_text(json.dumps(shown))
"""


def test_the_grader_of_the_instructors_guide_shows_everything(repository: Path, tmp_path: Path) -> None:
    text = (repository / "docs" / "instructors.md").read_text(encoding="utf-8")
    (grader,) = [
        block for block in re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) if "fit(" in block
    ]
    for name, content in (("test_guide.py", grader), ("answer.py", SUBMISSION), ("conftest.py", COLLECTING)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tutor.testing.plugin",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    done = subprocess.run(
        [*command, "--submission", "answer.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shown = json.loads((tmp_path / "shown.json").read_text())
    assert shown[:2] == [["curve", "loss/train", 1], ["curve", "loss/valid", 1]]
    assert [(kind, name) for kind, name, _size in shown[60:]] == [
        ("matrix", "unseen images"),
        ("images", "the first of them"),
        ("images", "mean of the bright ones"),
        ("matrix", "weights"),
        ("scatter", "logits"),
    ]
