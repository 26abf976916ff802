"""Bars of a grader: what answers reach is written down, and must be what the grader says today."""

from __future__ import annotations

import tomllib
from importlib.metadata import version

import pytest
from authoring_tools import Counting, E, Sample, Told

from tutor.authoring.calibration import FILE, compare
from tutor.authoring.check import Options, check_exercise
from tutor.authoring.graders import ExerciseGrader
from tutor.authoring.memo import Memo
from tutor.authoring.proof import CannotGrade

pytestmark = pytest.mark.asyncio(loop_scope="session")

MEASURES = """

def test_spread(tensors):
    came = result_of(tensors(5, 3))
    expect_at_most(came.mean(0).abs().max(), 0.05, en="the largest mean of a column", ja="列の平均の最大値")
"""
MANIFEST = """
[[requirements]]
test = "test_spread"
sentence = { en = "The columns lie around zero", ja = "列は 0 のまわりにある" }
faq = "which-mean"
"""


@pytest.fixture
def measuring(sample: Sample) -> Sample:
    """The sample pack, with a requirement that holds a figure against a bar."""
    sample.replace("test_centred.py", "from tutor.testing import ", "from tutor.testing import expect_at_most, ")
    sample.append("test_centred.py", MEASURES)
    sample.append("exercise.toml", MANIFEST)
    return sample


async def found(sample: Sample, graders: Counting, *, calibrate: bool = False) -> list[str]:
    options = Options(seeds=2, timed=False, calibrate=calibrate)
    result = await check_exercise(sample.exercise, graders, options, Told())
    return [problem.what for problem in result.problems if problem.where.endswith(FILE)]


async def test_what_answers_reach_is_written_down_once(measuring: Sample, graders: Counting) -> None:
    (missing,) = await found(measuring, graders)
    assert f"tutor pack check --calibrate --only {E}" in missing
    assert await found(measuring, graders, calibrate=True) == []
    known = tomllib.loads(measuring.path(FILE).read_text())
    (figure,) = known["figures"]
    assert known["torch"] == version("torch")
    assert (known["seeds"], known["device"], figure["requirement"], figure["wanted"], figure["bar"]) == (
        *(2, "cpu", "test_spread", "at_most"),
        0.05,
    )
    assert set(figure["right"]) == {path.stem for path in measuring.exercise.solutions}
    assert all(value <= 0.05 for values in figure["right"].values() for value in values)
    assert any(value > 0.05 for values in figure["wrong"].values() for value in values)
    assert all(len(values) == 2 for values in (*figure["right"].values(), *figure["wrong"].values()))
    before = graders.graded
    assert await found(measuring, graders) == []
    assert graders.graded == before, "nothing has changed that a run depends on"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "test_centred.py",
            "0.05, en",
            "0.06, en",
            "the bar of test_spread for the largest mean",
        ),
        (
            "test_centred.py",
            "largest mean",
            "greatest mean",
            "the greatest mean of a column, of which nothing",
        ),
        (FILE, "seeds = 2", "seeds = many", "this file cannot be used"),
        (FILE, "seeds = 2", "seeds = 2\nsize = 3", "this file cannot be used"),
    ],
)
async def test_a_calibration_of_another_grader(
    measuring: Sample, graders: Counting, file: str, old: str, new: str, said: str
) -> None:
    await found(measuring, graders, calibrate=True)
    measuring.replace(file, old, new)
    # Only what the reference comes to is compared with the file: another grader need not grade everything for that.
    exercise = measuring.exercise
    grader = ExerciseGrader(graders, exercise, Memo(exercise, "cpu"), lambda: None)
    reference = (await grader.run(exercise.solutions[0].read_bytes())).report
    assert reference is not None
    assert any(said in problem.what for problem in compare(exercise, reference))


async def test_answers_that_have_gone_or_come(measuring: Sample, graders: Counting) -> None:
    await found(measuring, graders, calibrate=True)
    mistake = measuring.exercise.mistakes[0]
    assert mistake.stem in measuring.path(FILE).read_text()
    other = measuring.exercise.solutions[1]
    kept = mistake.read_text()
    mistake.unlink()
    assert any("the mistakes were others" in what for what in await found(measuring, graders))
    mistake.write_text(kept)
    other.unlink()
    assert any("the right answers were others" in what for what in await found(measuring, graders))


async def test_an_exercise_without_bars_needs_no_file(sample: Sample, graders: Counting) -> None:
    assert await found(sample, graders, calibrate=True) == []
    assert not sample.path(FILE).exists()


async def test_a_file_that_cannot_be_written(measuring: Sample, graders: Counting) -> None:
    measuring.path(FILE).mkdir()
    with pytest.raises(CannotGrade, match=f"{FILE} cannot be written"):
        await found(measuring, graders, calibrate=True)
