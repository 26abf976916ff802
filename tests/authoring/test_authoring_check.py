"""``pack check`` with the real engine: a sound pack passes, and each thing that an author can get wrong is named."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from authoring_tools import Counting, E, Sample, Told

from tutor.authoring.check import Options, Unknown, check_exercise, check_pack, chosen
from tutor.authoring.graders import Graders, default_jobs, device_for
from tutor.authoring.memo import Memo
from tutor.authoring.proof import CannotGrade
from tutor.authoring.reading import read_exercise
from tutor.authoring.result import ExerciseResult, MutantsResult, PackResult, Survivor, result_json
from tutor.catalog import load_pack
from tutor.grading import Fault, GradeRequest, Report, RequirementResult

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def check(sample: Sample, graders: Graders, **options: object) -> ExerciseResult:
    """What the check finds about the exercise of the sample pack."""
    chosen_options = Options(**{"seeds": 2, "timed": False} | options)  # type: ignore[arg-type]
    return await check_exercise(sample.exercise, graders, chosen_options, Told())


async def problems(sample: Sample, graders: Graders, **options: object) -> str:
    """All that is wrong, with the names of the files."""
    result = await check(sample, graders, **options)
    folder = str(sample.distribution)
    return "\n".join(f"{found.where.removeprefix(folder)}: {found.what}" for found in result.problems)


async def test_a_made_pack_is_sound(sample: Sample, graders: Counting) -> None:
    result = await check(sample, graders, mutants=True)
    assert result.problems == ()
    assert result.id == E
    assert result.seconds > 0
    assert {mistake.name: (mistake.caught, mistake.recognised) for mistake in result.mistakes} == {
        path.stem: (True, True) for path in sample.exercise.mistakes
    }
    assert result.mutants is not None
    assert result.mutants.killed > 5
    assert result.mutants.survived == ()
    assert set(result.travelling) == {"result_of", "gradient_of", "argument_after"}


async def test_the_stub_fails_everything(sample: Sample, graders: Counting) -> None:
    sample.replace("stub.py", "raise NotImplementedError", "return 0 * x")
    assert "stub.py: the stub meets the requirement test_untouched" in await problems(sample, graders)


async def test_a_stub_that_does_not_run(sample: Sample, graders: Counting) -> None:
    sample.write("stub.py", "import nothing_of_this_name\n")
    assert "stub.py: the stub does not run:" in await problems(sample, graders)


async def test_right_answers_pass_on_every_seed(sample: Sample, graders: Counting) -> None:
    sample.append(
        "solutions/other_matrix.py", "\n\ndef centred(x):\n    return x - x.mean(dim=0) * (torch.initial_seed() != 1)\n"
    )
    found = await problems(sample, graders)
    assert "other_matrix.py: this right answer does not pass with seed 1: test_value" in found


async def test_mistakes_fail(sample: Sample, graders: Counting) -> None:
    sample.write("mistakes/right.py", "# mistake: which-mean\ndef centred(x):\n    return x - x.mean(0)\n")
    result = await check(sample, graders)
    assert [found.what for found in result.problems if found.where.endswith("right.py")] == ["this mistake passes"]
    assert next(mistake for mistake in result.mistakes if mistake.name == "right").caught is False


async def test_mistakes_fail_on_every_seed(sample: Sample, graders: Counting) -> None:
    source = (
        "# mistake: which-mean\nimport torch\ndef centred(x):\n    return x - x.mean(0) * (torch.initial_seed() == 1)\n"
    )
    sample.write("mistakes/at_times.py", source)
    assert "at_times.py: this mistake passes with seed 1" in await problems(sample, graders)


async def test_a_mistake_brings_up_its_entry(sample: Sample, graders: Counting) -> None:
    sample.replace("mistakes/sum_of_columns.py", "which-mean", "in-place")
    found = await problems(sample, graders)
    assert found == ""  # it is recognised by its values, whatever requirement it fails first
    sample.write("mistakes/twin.py", "# mistake: cut-graph\ndef centred(x):\n    return x - x.sum(0)\n")
    found = await problems(sample, graders)
    assert "twin.py: this fails just as sum_of_columns.py does" in found
    assert "twin.py: this mistake brings up in-place, not cut-graph" in found


async def test_twins_of_one_entry_are_fine(sample: Sample, graders: Counting) -> None:
    sample.write("mistakes/twin.py", "# mistake: which-mean\ndef centred(x):\n    return x - x.sum(0)\n")
    assert await problems(sample, graders) == ""


async def test_a_mistake_that_never_ran(sample: Sample, graders: Counting) -> None:
    sample.write("mistakes/broken.py", "# mistake: which-mean\ndef centred(x:\n")
    assert "broken.py: this mistake never ran, so no question fits it" in await problems(sample, graders)


async def test_every_requirement_finds_something(sample: Sample, graders: Counting) -> None:
    sample.path("mistakes/written_into.py").unlink()
    assert "test_centred.py: no mistake fails test_untouched" in await problems(sample, graders)


async def test_the_same_seed_gives_the_same_report(sample: Sample, graders: Counting) -> None:
    sample.write(
        "mistakes/random.py",
        "# mistake: which-mean\nimport time\ndef centred(x):\n    return x + time.perf_counter_ns() % 99991\n",
    )
    assert "random.py: two runs with the same seed differ in test_value" in await problems(sample, graders)


async def test_a_grader_that_cannot_be_collected(sample: Sample, graders: Counting) -> None:
    sample.append("test_centred.py", "\nraise RuntimeError('at import')\n")
    found = await problems(sample, graders)
    assert "test_centred.py: no answer can be graded" in found
    assert found.count("\n") == 0


async def test_the_budget(sample: Sample, graders: Counting) -> None:
    sample.replace("exercise.toml", "run_seconds = 15", "run_seconds = 0.02")
    # Where even that is too short to finish, the right answers say so instead.
    found = await problems(sample, graders, timed=True, seeds=1)
    assert "would leave room for slow machines" in found or "does not pass with seed" in found


async def test_a_slow_run_that_is_remembered_is_measured_anew(sample: Sample, graders: Counting) -> None:
    assert await problems(sample, graders, seeds=1) == ""
    memo = Memo(sample.exercise, "cpu")
    for kept in list(memo._known.values()):
        if kept.report is not None and kept.report.passed:
            slow = msgspec.structs.replace(kept.report, seconds=99.0)
            for key in (kept.key, kept.key.removesuffix("1") + "2"):  # as a check on a busy machine leaves it
                memo.add(msgspec.structs.replace(kept, key=key, report=slow))
    assert await problems(sample, graders, seeds=1, timed=True) == ""


async def test_what_is_read_is_reported(sample: Sample, graders: Counting) -> None:
    sample.append(
        "lesson.md", "\n```python\ndifference = x - x.mean(dim=0).expand(4, 3).clone()\n```\n" + "line\n" * 60
    )
    sample.append(
        "solutions/other_matrix.py", "\n\ndef centred(x):\n    return x - x.mean(dim=0).expand(4, 3).clone()\n"
    )
    sample.append("stub.py", "\nURL = 'https://example.org'\n")
    found = await problems(sample, graders)
    assert "lesson.md" in found
    assert "the lesson shows what the answer other_matrix.py does" in found
    assert "lines, and should fit on a screen" in found
    assert "this wants the network: https://example.org" in found


async def test_what_travels_is_read_too(sample: Sample) -> None:
    sample.append("test_centred.py", "\nTRUTH = torch.ones(3)\n\n\n@probe\ndef more(submission):\n    return TRUTH\n")
    found, travelling = read_exercise(sample.exercise)
    assert any("TRUTH travels into the box with a probe and is computed" in one.what for one in found)
    assert travelling["more"] == ("TRUTH",)


async def test_surviving_mutants(sample: Sample, graders: Counting) -> None:
    sample.replace(
        "test_centred.py",
        "expect_gradient(gradient_of(x, weight), weight - weight.mean(dim=0))",
        "gradient_of(x, weight)",
    )
    result = await check(sample, graders, mutants=True)
    assert result.mutants is not None
    assert result.mutants.survived
    assert not result.ok
    assert any("mutants of the reference are killed" in found.what for found in result.problems)
    for survivor in result.mutants.survived:
        assert survivor.diff.startswith("--- solution.py\n+++ mutant\n@@ ")
        assert " -> " in survivor.change
    # Named with a reason, they are not counted.
    entries = [
        f"\n[[equivalents]]\nmutant = {msgspec.json.encode(s.change).decode()}\nreason = 'r'\n"
        for s in result.mutants.survived
    ]
    sample.append("exercise.toml", "".join(entries))
    named = await check(sample, graders, mutants=True)
    assert named.mutants == MutantsResult(result.mutants.killed, len(result.mutants.survived), ())


async def test_equivalents_that_are_none(sample: Sample, graders: Counting) -> None:
    change = "return x - x.mean(dim=0) -> return x + x.mean(dim=0)"
    for mutant in (change, "no such change"):
        sample.append("exercise.toml", f"\n[[equivalents]]\nmutant = '{mutant}'\nreason = 'r'\n")
    found = await problems(sample, graders, mutants=True)
    assert f"equivalents[0].mutant: this mutant is killed, so it is not equivalent: '{change}'" in found
    assert "equivalents[1].mutant: the reference has no mutant 'no such change'" in found


async def test_a_check_goes_on_where_it_was_stopped(sample: Sample, graders: Counting) -> None:
    sample.append("test_centred.py", "\n# a grader that no test has seen\n")
    told = Told(lambda count: task.cancel() if count == 7 else None)
    options = Options(seeds=2, timed=False)
    task = asyncio.ensure_future(check_exercise(sample.exercise, graders, options, told))
    with pytest.raises(asyncio.CancelledError):
        await task
    known = len(Memo(sample.exercise, "cpu"))
    assert known >= 7
    again = Counting((), (), "cpu", 1, running=graders._lent)
    told = Told()
    result = await check_exercise(sample.exercise, again, options, told)
    assert result.ok
    assert again.graded == told.expected - known
    # And nothing at all is graded a third time, but where it is asked for.
    third = Counting((), (), "cpu", 1, running=graders._lent)
    assert (await check_exercise(sample.exercise, third, options, Told())).ok
    assert third.graded == 0
    # A memory that was torn, by a check that was killed while it wrote, is used as far as it goes.
    memo = Memo(sample.exercise, "cpu")
    memo._path.write_bytes(memo._path.read_bytes()[:-9])
    assert len(Memo(sample.exercise, "cpu")) == len(memo) - 1
    assert (await check_exercise(sample.exercise, third, options, Told())).ok
    assert third.graded == 1
    assert len(Memo(sample.exercise, "cpu", fresh=True)) == 0


async def test_only_what_a_change_concerns_is_graded_again(sample: Sample, graders: Counting) -> None:
    assert (await check(sample, graders)).ok
    before = graders.graded
    sample.append("lesson.md", "\nOne more line.\n")
    sample.append("mistakes/sum_of_columns.py", "\n\n\n")
    assert (await check(sample, graders)).ok
    assert graders.graded == before + 3  # the mistake: twice with seed 0, once with seed 1


async def test_parts_of_a_pack(sample: Sample) -> None:
    pack = load_pack(sample.folder)
    for name in ("", "first_steps", E, f"sample:{E}", f"{E}/"):
        assert [exercise.id for exercise in chosen(pack, name)] == [E]
    with pytest.raises(Unknown) as caught:
        chosen(pack, "first_stops")
    assert caught.value.names == ("first_steps", E)


async def test_a_pack_that_does_not_load_is_not_graded(sample: Sample) -> None:
    sample.path("lesson.ja.md").unlink()
    sample.replace("../../pack.toml", "format = 1", "format = 1\nextra = 2")
    told = Told()
    result = await check_pack(sample.folder, Options(), told)
    assert {found.id: found.ok for found in result.exercises} == {E: False, "sample": False}
    assert told.results == list(result.exercises)
    assert not result.ok


async def test_the_documented_json() -> None:
    mutants = MutantsResult(97, 2, (Survivor("a -> b", "--- solution.py"),) * 3)
    result = PackResult((ExerciseResult("a/b", (), mutants, (), 0.25),))
    assert result_json(result) == {
        "version": 1,
        "ok": True,
        "exercises": [
            {
                "id": "a/b",
                "ok": True,
                "problems": [],
                "mutants": {"killed": 97, "equivalent": 2, "survived": ["--- solution.py"] * 3},
                "mistakes": [],
                "seconds": 0.25,
            }
        ],
    }
    assert mutants.share == 0.97
    assert not PackResult(()).ok


async def test_a_device_that_is_not_here(sample: Sample, graders: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none_here(request: GradeRequest, *, whole: bool = True) -> tuple[Report, str]:
        rows = tuple(RequirementResult(test, "not_run") for test in request.requirements)
        fault = Fault("device", "There is no GPU here.")
        return Report(request.exercise, "cuda", 0, "error", fault, 0.0, rows), ""

    monkeypatch.setattr(graders, "grade", none_here)
    sample.append("test_centred.py", "\n# one more grader that no test has seen\n")
    for _ in range(2):
        with pytest.raises(CannotGrade, match="no GPU here"):
            await check(sample, graders, device="cuda")
    assert len(Memo(sample.exercise, "cuda")) == 0  # tomorrow there may be one


async def test_devices_and_jobs(sample: Sample) -> None:
    exercise = sample.exercise
    assert device_for(exercise, "auto") == "auto"
    assert device_for(exercise, "cuda") == "cuda"
    assert device_for(msgspec.structs.replace(exercise, devices=("cpu",)), "cuda") == "cpu"
    assert device_for(msgspec.structs.replace(exercise, devices=("cuda",)), "cpu") == "cuda"
    assert default_jobs() >= 1
