"""What must not be imported where, seen in the ``sys.modules`` of a fresh process."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "numpy", "sklearn", "pytest")


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "module", ["tutor.app", "tutor.app.app", "tutor.cli", "tutor.session", "tutor.grading", "tutor.feedback"]
)
def test_the_screens_process_loads_nothing_heavy(module: str) -> None:
    assert not modules_after(f"import {module}") & set(HEAVY)


@pytest.mark.parametrize("module", ["tutor.cli", "tutor.session", "tutor.grading", "tutor.workspace", "tutor.catalog"])
def test_only_the_app_knows_textual(module: str) -> None:
    assert "textual" not in modules_after(f"import {module}")


def test_grading_and_testing_run_without_textual_and_rich() -> None:
    blocked = "import sys\nfor name in ('textual', 'rich', 'watchfiles', 'click'):\n    sys.modules[name] = None\n"
    loaded = modules_after(
        blocked + "import tutor.grading.judge, tutor.grading.box, tutor.grading.server, tutor.testing"
    )
    assert "torch" in loaded
