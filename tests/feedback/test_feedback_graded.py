"""Through the real engine: what a submission raises arrives in the report as data, and is explained."""

from __future__ import annotations

import msgspec
import pytest

from tutor.catalog import builtin_pack, load_pack
from tutor.feedback import explain
from tutor.grading import Done, Engine, Report
from tutor.session import request_for

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def graded(engine: Engine, source: str) -> Report:
    exercise = next(e for e in load_pack(builtin_pack()).exercises if e.name == "squared_error")
    async for event in engine.grade(request_for(exercise, source.encode())):
        if isinstance(event, Done):
            return event.report
    raise AssertionError("the run was given up")


async def test_an_exception_arrives_with_the_learners_tensors(engine: Engine) -> None:
    report = await graded(
        engine,
        "from torch import nn\n\n\n"
        "class SquaredErrorLoss(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.mix = nn.Linear(5, 2)\n\n"
        "    def forward(self, input, target):\n"
        "        return self.mix(input - target).mean()\n",
    )
    row = report.requirements[0]
    assert row.raised is not None
    assert row.raised.kinds[0] == "RuntimeError"
    assert [(frame.line, frame.function) for frame in row.raised.frames] == [(10, "forward")]
    assert row.raised.frames[0].expression == "self.mix(input - target)"
    found = explain(row)
    assert found is not None
    assert found.id == "matmul-shapes"
    assert found.tensors[1:] == (
        "`input`: shape (3, 4)",
        "`target`: shape (3, 4)",
        "`self.mix.weight`: shape (2, 5)",
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(report), type=Report) == report


async def test_what_a_probe_does_with_the_answer_is_explained_too(engine: Engine) -> None:
    report = await graded(
        engine,
        "from torch import nn\n\n\n"
        "class SquaredErrorLoss(nn.Module):\n"
        "    def forward(self, input, target):\n"
        "        return ((input - target) ** 2).mean().detach()\n",
    )
    row = next(row for row in report.requirements if row.id == "test_gradient")
    found = explain(row)
    assert found is not None
    assert (found.id, found.tensors) == ("no-gradient", ())


async def test_a_file_that_cannot_be_imported_is_explained(engine: Engine) -> None:
    report = await graded(engine, "import torch\nfrom torch.nn import Modul\n")
    assert report.fault is not None
    found = explain(report.fault)
    assert found is not None
    assert found.id == "import-missing"
    assert found.tensors == ("There is `Module`.",)
    assert found.look.startswith("Line 2: ")


async def test_a_file_that_is_no_python_is_explained(engine: Engine) -> None:
    report = await graded(engine, "import torch\n\nclass SquaredErrorLoss(torch.nn.Module)\n    pass\n")
    assert report.fault is not None
    found = explain(report.fault)
    assert found is not None
    assert found.id == "colon-missing"
    assert found.look.startswith("Line 3: ")


async def test_a_wrong_value_comes_with_facts_of_both_sides(engine: Engine) -> None:
    report = await graded(
        engine,
        "from torch import nn\n\n\n"
        "class SquaredErrorLoss(nn.Module):\n"
        "    def forward(self, input, target):\n"
        "        return ((input - target) ** 2).mean().double()\n",
    )
    row = next(row for row in report.requirements if row.verdict == "failed")
    assert row.comparison is not None
    assert row.comparison.expected_facts is not None
    assert row.comparison.came_facts is not None
    assert (row.comparison.expected_facts.dtype, row.comparison.came_facts.dtype) == ("float32", "float64")
