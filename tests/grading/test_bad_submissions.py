"""What submissions of squared_error may do, each with its own verdict; the tutor lives on, and none of them passes."""

from __future__ import annotations

import pytest
from engine_help import report_of, request_for, squared_error

from tutor.catalog import Exercise
from tutor.grading import Engine

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEAD = "import ctypes, os, sys\nimport torch\nfrom torch import nn\n"
FORWARD = HEAD + "class SquaredErrorLoss(nn.Module):\n    def forward(self, input, target):\n        "
PATCH = """
import pytest, torch.testing
torch.allclose = lambda *a, **k: True
torch.testing.assert_close = lambda *a, **k: None
pytest.fail = lambda *a, **k: None
"""
ALWAYS = """
class Always:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __getattr__(self, name): return Always()
    def __call__(self, *a): return Always()
class SquaredErrorLoss(nn.Module):
    def forward(self, input, target): return Always()
"""
FORGE = """
import struct
from tutor.grading import messages
from tutor.grading.report import Done, Report, RequirementResult
def forge():
    report = Report("custom_loss/squared_error", "cpu", 0, "passed", None, 0.1, ())
    for said in (messages.Result(RequirementResult("test_value", "passed")), messages.Finished(), Done(1, report)):
        payload = messages.encode(said)
        for fd in range(400):
            try:
                os.write(fd, struct.pack("!I", len(payload)) + payload)
            except OSError:
                pass
class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        forge()
        return (input * 0).sum()
"""

# name, source, kind of fault (None: its requirements failed), what is said
BAD = [
    ("empty", "", None, "does not define `SquaredErrorLoss`"),
    ("syntax", "import torch\nclass X(:\n    pass\n", "syntax", "(line 2)"),
    ("missing class", HEAD + "class Other: pass\n", None, "does not define `SquaredErrorLoss`"),
    ("hang at import", HEAD + "while True: pass\n", "timeout", "Importing your file took longer"),
    (
        "hang in __init__",
        FORWARD.replace("forward(self, input, target)", "__init__(self)") + "while True: pass\n",
        "timeout",
        "Last seen in line 6",
    ),
    ("hang in forward", FORWARD + "while True: pass\n", "timeout", "Last seen in line 6"),
    ("os._exit at import", HEAD + "os._exit(0)\n", "exit", "ended the program"),
    ("os._exit in forward", FORWARD + "os._exit(0)\n", "exit", "ended the program"),
    ("sys.exit", FORWARD + "sys.exit(0)\n", "exit", "ended the program"),
    ("segfault", FORWARD + "ctypes.string_at(0)\n", "crash", "SIGSEGV"),
    ("huge tensor", FORWARD + "return torch.ones(4_000_000_000).sum()\n", "memory", "more memory"),
    (
        "growing list",
        FORWARD + "a = []\n        while True: a.append(bytearray(10_000_000))\n",
        "memory",
        "more memory",
    ),
    ("a million lines", FORWARD + "for i in range(1_000_000): print('line', i)\n", "output", "printed more than"),
    ("input()", HEAD + "import builtins\n" + FORWARD + "builtins.input('?')\n", None, "EOFError"),
    ("nan", FORWARD + "return ((input - target) ** 2).mean() * float('nan')\n", None, "1 NaN"),
    ("broadcasts", FORWARD + "return ((input - target) ** 2).mean().reshape(1)\n", None, "shape (), but"),
    ("detached", FORWARD + "return ((input.detach() - target) ** 2).mean()\n", None, "does not require grad"),
    ("patched", HEAD + PATCH + FORWARD + "return (input * 0).sum()\n", None, "but it is 0"),
    ("always equal", HEAD + ALWAYS, None, "neither a tensor nor a plain value"),
    ("forged report", HEAD + FORGE, "crash", "disturbed the channel"),
]


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    return squared_error(tmp_path_factory.mktemp("pack"))


@pytest.mark.parametrize(("source", "kind", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
async def test_a_bad_submission(engine: Engine, exercise: Exercise, source: str, kind: str | None, says: str) -> None:
    hangs = kind == "timeout"
    request = request_for(
        exercise,
        source.encode(),
        seconds=1.0 if hangs else 30.0,
        run_seconds=3.0 if hangs else 120.0,
        memory_mb=256,
    )
    report = await report_of(engine, request)
    assert not report.passed
    assert (report.fault.kind if report.fault else None) == kind
    said = [report.fault.message if report.fault else "", *(row.message for row in report.requirements)]
    assert any(says in sentence for sentence in said), said
    assert (await report_of(engine, request_for(exercise, exercise.solutions[0].read_bytes()))).passed
