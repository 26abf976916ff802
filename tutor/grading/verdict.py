"""From the results of single requirements to the verdict on a run."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.grading import faults
from tutor.grading.report import Curve, Drawing, Fault, GradeRequest, Report, RequirementResult, RunVerdict


def compose(
    request: GradeRequest,
    device: str,
    results: Mapping[str, RequirementResult],
    fault: Fault | None,
    seconds: float,
    curves: tuple[Curve, ...] = (),
    drawings: tuple[Drawing, ...] = (),
) -> Report:
    """The report of a run.

    Passed means: exactly the expected requirements ran, and all passed. Nothing else does.
    """
    rows = tuple(results.get(test) or RequirementResult(test, "not_run") for test in request.requirements)
    verdicts = {row.verdict for row in rows}
    if fault is None:
        fault = next((row.fault for row in rows if row.fault is not None), None)
    if fault is None and "not_run" in verdicts:
        fault = faults.incomplete()
    verdict: RunVerdict
    if fault is None and rows and verdicts == {"passed"}:
        verdict = "passed"
    else:
        verdict = "failed" if verdicts & {"passed", "failed"} else "error"
    return Report(request.exercise, device, request.seed, verdict, fault, seconds, rows, curves, drawings=drawings)
