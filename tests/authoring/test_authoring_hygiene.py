"""What proving a pack must not import: the engines do that, in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["tutor.authoring.check", "tutor.authoring.mutation", "tutor.authoring.library", "tutor.cli.pack_check"]
)
def test_nothing_heavy_is_imported(module: str) -> None:
    code = f"import sys, json, {module}; print(json.dumps(sorted({{n.partition('.')[0] for n in sys.modules}})))"
    answer = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert not set(json.loads(answer.stdout)) & {"torch", "numpy", "sklearn", "pytest", "textual"}


def test_without_mutants_the_mutation_library_is_not_needed() -> None:
    code = "import sys; sys.modules['mutmut'] = sys.modules['libcst'] = None; import tutor.authoring.check"
    subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True)
