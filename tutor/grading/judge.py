"""The judge: the process in which pytest runs the grader. It holds tests and expected values, never the submission."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle
import msgspec
import pytest
import torch

from tutor import locale
from tutor.grading import calls, comparing, confine, faults, messages, rank_ends, wire
from tutor.grading.box import is_out_of_gpu_memory, is_out_of_memory
from tutor.grading.frames import BlockingChannel, ChannelClosed
from tutor.grading.raised import Raised
from tutor.grading.report import Comparison, Fault, Figure, RequirementResult, Verdict
from tutor.locale import _
from tutor.testing import plugin as fixtures
from tutor.testing import show
from tutor.testing.expect import Mismatch
from tutor.testing.measuring import take_figures
from tutor.testing.probe import BoxLost, Probe, ProbeRaised, use_transport

MOST_OBSERVED = 64
MOST_FIGURES = 16
"""Of one requirement."""
MOST_MEMORY_MB = 4096
"""What a judge may take: far more than any honest answer needs, and not the whole machine for a forged one."""
# Plugins of pytest that a grader does not need: without them a run takes half as long.
_UNUSED = (
    "cacheprovider",
    "doctest",
    "junitxml",
    "pastebin",
    "stepwise",
    "faulthandler",
    "logging",
    "unraisableexception",
    "threadexception",
    "setuponly",
    "setupplan",
    "debugging",
    "recwarn",
    "warnings",
    "tmpdir",
    "nose",
    "legacypath",
)


def pytest_arguments(grader: str) -> list[str]:
    """The command line of a judge's pytest. The exercise's own folder is the root: no configuration from elsewhere."""
    path = Path(grader)
    unused = [part for name in _UNUSED for part in ("-p", f"no:{name}")]
    return [
        *("-qq", "-s", "--noconftest", "--import-mode=importlib", "-c", os.devnull),
        *("--rootdir", str(path.parent), "--color=no", *unused, str(path)),
    ]


class RemoteTransport:
    """Carries probes to the box, through the server."""

    def __init__(self, channel: BlockingChannel) -> None:
        self._channel = channel
        self._pickled: dict[int, bytes] = {}
        self._calls = 0
        self.observed: list[str] = []

    def call(self, probe: Probe, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self._calls += 1
        number = self._calls
        payload = calls.call(self.pickled(probe), args, kwargs, wants_device=probe.wants_device)
        self._channel.send(messages.encode(messages.Call(number, payload)))
        answer = messages.decode_to_judge(self._channel.receive())
        if isinstance(answer, messages.Lost) and answer.call == number:
            self._note(f"{probe.__name__}:{answer.fault.get('kind')}")
            raise BoxLost(answer.fault)
        if not isinstance(answer, messages.Answer) or answer.call != number:
            raise RuntimeError("the server answered another question")
        try:
            value = calls.read_answer(answer.payload)
        except ProbeRaised as error:
            self._note(f"{probe.__name__}:{error.kind}")
            raise
        self._note(f"{probe.__name__}:{digest(value)}")
        return value

    def pickled(self, probe: Probe) -> bytes:
        """The bytes of a probe, made once."""
        function = self._pickled.get(id(probe))
        if function is None:
            function = self._pickled[id(probe)] = calls.pickled(probe.function)
        return function

    def _note(self, text: str) -> None:
        if len(self.observed) < MOST_OBSERVED:
            self.observed.append(text)


def digest(value: Any, depth: int = 0) -> str:
    """A value rounded to what survives another machine: shapes, dtypes and three digits of two summaries."""
    if isinstance(value, torch.Tensor):
        shape = "x".join(map(str, value.shape))
        name = str(value.dtype).removeprefix("torch.")
        if not value.numel():
            return f"{name}[{shape}]"
        wide = value.detach().abs() if value.is_complex() else value.detach().to(torch.float64)
        # A weighted sum beside the mean tells orders apart, which a mean alone would not.
        weights = torch.linspace(1, 2, wide.numel(), dtype=wide.dtype)
        return f"{name}[{shape}]{wide.mean().item():.2e},{(wide.reshape(-1) * weights).mean().item():.2e}"
    if isinstance(value, float):
        return f"{value:.2e}"
    if isinstance(value, (list, tuple)) and depth < 4:
        return "(" + ",".join(digest(item, depth + 1) for item in value[:16]) + ")"
    if isinstance(value, dict) and depth < 4:
        return "{" + ",".join(f"{key}={digest(item, depth + 1)}" for key, item in list(value.items())[:16]) + "}"
    return str(value)[:40]


class JudgePlugin:
    """Runs what was collected when told to, and reports each requirement as it is decided."""

    def __init__(self, channel: BlockingChannel, transport: RemoteTransport) -> None:
        self._channel = channel
        self._transport = transport
        self._failure: RequirementResult | None = None
        self._cases_passed = 0

    def send(self, message: messages.FromJudge) -> None:
        self._channel.send(messages.encode(message))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        modules = {getattr(item, "module", None) for item in session.items}
        for module in modules:
            if isinstance(module, ModuleType):
                # The box cannot import the grader, so what probes name must travel by value.
                with contextlib.suppress(ValueError):
                    cloudpickle.register_pickle_by_value(module)
                for value in vars(module).values():
                    if isinstance(value, Probe):
                        self._transport.pickled(value)
        # First calls, paid for while nobody waits.
        digest(calls.read_answer(calls.value(torch.zeros(2))))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            return True
        # All cases of one function together, functions in the order of the file: a box serves one requirement.
        order: dict[str, int] = {}
        for item in session.items:
            order.setdefault(_function_of(item), len(order))
        items = sorted(session.items, key=lambda item: order[_function_of(item)])
        self.send(messages.Ready(tuple(order)))
        go = messages.decode_to_judge(self._channel.receive())
        if not isinstance(go, messages.JudgeGo):
            return True
        session.config.option.grading_seed = go.seed
        session.config.option.grading_device = go.device
        locale.use(go.language)
        cases = Counter(_function_of(item) for item in items)
        current = ""
        started = 0.0
        done = 0
        for index, item in enumerate(items):
            function = _function_of(item)
            if function != current:
                current, done = function, 0
                self._failure, self._cases_passed = None, 0
                self._transport.observed = []
                take_figures()
                started = time.monotonic()
                self.send(messages.Began(function))
            done += 1
            # A case that failed has decided the requirement; the rest would only take time.
            if self._failure is None:
                following = items[index + 1] if index + 1 < len(items) else None
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if done == cases[function]:
                self.send(messages.Result(self._decided(function, cases[function], time.monotonic() - started)))
        return True

    def _decided(self, function: str, cases: int, seconds: float) -> RequirementResult:
        observed = tuple(self._transport.observed)
        figures = tuple(Figure(*figure) for figure in take_figures()[:MOST_FIGURES])
        if self._failure is not None:
            failure = self._failure
            return RequirementResult(
                id=function,
                verdict=failure.verdict,
                message=failure.message,
                fault=failure.fault,
                seconds=seconds,
                comparison=failure.comparison,
                line=failure.line,
                observed=observed,
                raised=failure.raised,
                figures=figures,
            )
        if self._cases_passed != cases:
            fault = faults.grader(_("a case of {test} was skipped").format(test=function))
            return RequirementResult(function, "error", fault.message, fault, seconds=seconds, observed=observed)
        return RequirementResult(function, "passed", seconds=seconds, observed=observed, figures=figures)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.excinfo is not None and self._failure is None:
            self._failure = explain(item.name, call.excinfo.value, item.config.option.grading_device)
        elif call.when == "call" and report.passed and not hasattr(report, "wasxfail"):
            self._cases_passed += 1
        return report


def _function_of(item: pytest.Item) -> str:
    return getattr(item, "originalname", None) or item.name


def explain(test: str, error: BaseException, device: str = "cpu") -> RequirementResult:
    """The verdict that an exception in a test stands for; ``device`` is where the run takes place."""
    verdict: Verdict = "failed"
    fault: Fault | None = None
    comparison: Comparison | None = None
    line: int | None = None
    raised: Raised | None = None
    if isinstance(error, Mismatch):
        message = str(error)
        comparison = comparing.comparison(error, device)
    elif isinstance(error, BoxLost):
        verdict = "error"
        fault = msgspec.convert(error.fault, Fault)
        message, line = fault.message, fault.line
    elif isinstance(error, ProbeRaised):
        line = error.line
        message, fault = rank_ends.explain(error, *_explain_raised(error))
        if error.data is not None and error.missing is None and error.kind != "NotPlainValue":
            raised = msgspec.convert(error.data, Raised)
        if fault is not None:
            verdict = "error"
    elif isinstance(error, AssertionError):
        message = str(error) or _("An assertion of the grader does not hold.")
    else:
        verdict = "error"
        fault = faults.grader(f"{_place(error)}{test}: {type(error).__name__}: {error}")
        message = fault.message
    if fault is not None:
        fault = msgspec.structs.replace(fault, requirement=test)
    return RequirementResult(test, verdict, message, fault, comparison=comparison, line=line, raised=raised)


def _place(error: BaseException) -> str:
    """``file:line: `` of the grader's deepest frame; nothing where none is known."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).name.startswith("test_")]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}: " if frames else ""


def _explain_raised(error: ProbeRaised) -> tuple[str, Fault | None]:
    at = _(" (line {line})").format(line=error.line) if error.line else ""
    if error.missing is not None:
        return _("Your file does not define `{name}`.").format(name=error.missing), None
    if error.kind == "NotImplementedError":
        return _("Nothing is written here yet{at}.").format(at=at), None
    if error.kind == "NotPlainValue":
        return (
            _("Your code returned something that is neither a tensor nor a plain value: {text}").format(
                text=error.text
            ),
            None,
        )
    if error.kind == "SystemExit":
        fault = faults.left(error.line)
        return fault.message, fault
    if is_out_of_gpu_memory(error.kind, error.text):
        fault = faults.gpu_memory(error.line)
        return fault.message, fault
    if is_out_of_memory(error.kind, error.text):
        fault = Fault(
            "memory",
            _("Your code asked for more memory than this exercise allows{at}.").format(at=at),
            error.line,
        )
        return fault.message, fault
    return (
        # Indented, so that no line of it can be taken for one of the tutor's.
        _("Your code raised {kind}{at}: {text}").format(
            kind=error.kind, at=at, text=error.text.replace("\n", "\n    ")
        ),
        None,
    )


def serve(channel: BlockingChannel) -> None:
    """Be the judge of one run: collect, wait for the word, run, report."""
    # Any number that crosses the wire may have to be quoted; they are not large enough for this to take time.
    sys.set_int_max_str_digits(0)
    confine.limit_memory(MOST_MEMORY_MB)
    try:
        setup = messages.decode_to_judge(channel.receive())
        if not isinstance(setup, messages.JudgeSetup):
            return
        transport = RemoteTransport(channel)
        use_transport(transport)

        def sink(kind: str, name: str, values: Any) -> None:
            channel.send(messages.encode(messages.shown(kind, name, values)))

        show.use_sink(sink)
        judge = JudgePlugin(channel, transport)
        status = _run_pytest(setup.grader, judge)
        if status is None:
            channel.send(messages.encode(messages.Finished()))
        else:
            channel.send(messages.encode(messages.GraderFault(status)))
    except ChannelClosed:
        return


def _run_pytest(grader: str, judge: JudgePlugin) -> str | None:
    """Run pytest; what went wrong outside of any test, or None."""
    collector = _Collection()
    devnull = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - the judge ends with it
    sys.stdout = sys.stderr = devnull
    try:
        status = pytest.main(pytest_arguments(grader), plugins=[fixtures, collector, judge])
    except wire.NotPlain as error:
        return str(error)
    if collector.problem:
        return collector.problem
    if status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return None
    return f"pytest ended with status {int(status)}"


class _Collection:
    """Remembers why a grader could not be collected."""

    def __init__(self) -> None:
        self.problem = ""

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.problem:
            lines = [line for line in str(report.longrepr).splitlines() if line.strip()]
            self.problem = lines[-1].removeprefix("E").strip() if lines else "collection failed"


def rehearse() -> None:
    """Let pytest run once over a grader of one line, so that every judge forked later has imported what a run takes."""
    with tempfile.TemporaryDirectory() as folder:
        grader = Path(folder) / "test_rehearsal.py"
        grader.write_text("def test_nothing(tensors):\n    assert tensors(2).shape == (2,)\n", encoding="utf-8")
        kept = sys.stdout, sys.stderr
        try:
            with Path(os.devnull).open("w", encoding="utf-8") as devnull:
                sys.stdout = sys.stderr = devnull
                pytest.main(pytest_arguments(str(grader)), plugins=[fixtures])
        finally:
            sys.stdout, sys.stderr = kept
