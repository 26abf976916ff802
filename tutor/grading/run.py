"""One run of a grader over one submission, as the server sees it: a judge, the box of the moment, the results."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from tutor.grading import faults, messages
from tutor.grading.frames import BadFrame, ChannelClosed
from tutor.grading.raised import cleaned
from tutor.grading.report import (
    Collected,
    Decided,
    Done,
    Event,
    Fault,
    GradeRequest,
    RequirementResult,
    Started,
)
from tutor.grading.shown import Shown, fit
from tutor.grading.spawn import Child
from tutor.grading.verdict import compose

LOAD_FAULTS = ("syntax", "import", "exit", "memory", "gpu_memory")
"""What a box may say of a file that it could not import; every other fault is for the server to find."""
MOST_MESSAGE = 2 * 2**20
"""Bytes of a message of the box that is no answer to a probe."""
UNREADABLE = (ValueError, TypeError, RecursionError, MemoryError)
"""What a decoder raises, msgspec's own errors among them (``ValueError``): invalid UTF-8 is not one of these."""
STARTING_SECONDS = 60.0
"""Seconds for a judge to collect, and for a box to wake up; not counted as the submission's."""
CLOSING_GRACE = 0.5
"""Seconds in which a box that closed its channel should have ended."""


class Surroundings(Protocol):
    """What a run asks of the server."""

    def emit(self, event: Event) -> None:
        """Send an event to the client."""
        ...

    def take_box(self) -> Child:
        """A fresh box."""
        ...

    def retire(self, child: Child) -> None:
        """End a box that has done its work, now or when the run is over."""
        ...

    def discard(self, child: Child) -> None:
        """End a child and clean up after it, when there is time."""
        ...


class Run:
    """Fed by the server with what judge and box say; ``finished`` once the report is out."""

    def __init__(
        self,
        request: GradeRequest,
        device: str,
        judge: Child,
        around: Surroundings,
        *,
        box_serves_run: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.request = request
        self.judge = judge
        self.box: Child | None = None
        self.finished = False
        self._device = device
        self._around = around
        self._box_serves_run = box_serves_run
        self._clock = clock
        self._begun = clock()
        self._run_deadline = self._begun + STARTING_SECONDS
        self._deadline = self._run_deadline
        self._current: str | None = None
        self._pending: messages.Call | None = None
        self._box_loaded = False
        self._box_fault: Fault | None = None
        self._closed_until = math.inf
        self._asleep_since: float | None = None
        self._results: dict[str, RequirementResult] = {}
        self._printed = 0
        self._shown = Shown(request.run, around.emit)

    # The judge

    def on_judge(self, frame: bytes) -> None:
        """One message of the judge. What is no message is the grader's fault."""
        try:
            message = messages.decode_from_judge(frame)
        except msgspec.MsgspecError as error:
            self.finish(faults.grader(str(error)))
            return
        match message:
            case messages.Ready(tests):
                self._collected(tests)
            case messages.Began(test):
                self._began(test)
            case messages.Call():
                self._call(message)
            case messages.Result(result):
                self._decided(result)
            case messages.Show() | messages.Draw():
                self._shown.show(message, self._current or "")
            case messages.GraderFault(text):
                self.finish(faults.grader(text))
            case messages.Finished():
                self.finish(None)

    def on_judge_gone(self) -> None:
        """The judge ended without a last word."""
        self.finish(faults.grader(f"the judge ended with status {self.judge.status}"))

    def _collected(self, tests: tuple[str, ...]) -> None:
        request = self.request
        if tests != request.requirements:
            expected = ", ".join(request.requirements)
            self.finish(faults.grader(f"it holds {', '.join(tests)}, but {expected} was expected"))
            return
        self._run_deadline = self._deadline = self._clock() + request.run_seconds
        self._around.emit(Collected(request.run, tests, self._device))
        self._say(self.judge, messages.JudgeGo(request.seed, self._device, request.language))

    def _began(self, test: str) -> None:
        self._current = test
        self._deadline = self._clock() + self.request.seconds
        self._printed = 0
        self._box_fault = None
        if not self._box_serves_run:
            self._drop_box(self._around.retire)
        elif self.box is not None:
            self._say(self.box, messages.Deadline(self.request.seconds))
        self._around.emit(Started(self.request.run, test))

    def _decided(self, result: RequirementResult) -> None:
        if self.box is not None:
            self.on_output(self.box.drain_output())
            if self.finished:
                return
        result = msgspec.structs.replace(fit(result), output=self._shown.output(result.id))
        self._results[result.id] = result
        self._current = None
        self._deadline = self._run_deadline
        self._around.emit(Decided(self.request.run, result))

    def _call(self, call: messages.Call) -> None:
        self._pending = call
        if self._box_fault is not None:
            self._lost(self._box_fault)
            return
        if self.box is None:
            self._start_box()
        if self.box is not None:
            self._say(self.box, call)

    def _say(self, child: Child, message: messages.ToJudge | messages.ToBox) -> None:
        child.channel.send(messages.encode(message))

    # The box

    def _start_box(self) -> None:
        request = self.request
        try:
            box = self._around.take_box()
        except OSError as error:
            self.finish(faults.grader(str(error)))
            return
        self.box, self._box_loaded = box, False
        now = self._clock()
        self._asleep_since = None if box.awake else now
        seconds = max(min(self._deadline, self._run_deadline) - now, 0.1)
        self._say(
            box,
            messages.BoxSetup(
                request.name,
                request.source,
                str(box.inside),
                self._device,
                request.seed,
                request.memory_mb,
                seconds,
            ),
        )

    def on_box_awake(self) -> None:
        """A box that was taken before it was ready is ready now: what it took for that is nobody's fault."""
        if self._asleep_since is not None:
            waited = self._clock() - self._asleep_since
            self._asleep_since = None
            self._deadline += waited
            self._run_deadline += waited

    def on_box(self, frame: bytes) -> None:
        """One message of the box. What is none, or answers nothing that was asked, is the submission's doing."""
        if len(frame) > MOST_MESSAGE and not frame.startswith(messages.REPLY):
            self._lose_box(faults.garbled())
            return
        try:
            message = messages.decode_from_box(frame)
        except UNREADABLE:
            self._lose_box(faults.garbled())
            return
        match message:
            case messages.Awake():
                self._lose_box(faults.garbled())  # it is said once, and not to a run
            case messages.Loaded():
                self._box_loaded = True
            case messages.LoadFailed(kind, raised):
                raised = cleaned(raised)
                if self._box_loaded or kind not in LOAD_FAULTS:
                    self._lose_box(faults.garbled())
                elif kind == "memory":
                    fault = faults.memory(self.request.memory_mb, raised.line)
                    self._lose_box(msgspec.structs.replace(fault, raised=raised))
                else:
                    self._lose_box(faults.load_failed(kind, raised))
            case messages.Show() | messages.Draw():
                self._shown.show(message, self._current or "")
            case messages.Reply(number, payload):
                if self._pending is None or number != self._pending.call or not self._box_loaded:
                    self._lose_box(faults.garbled())
                    return
                self._pending = None
                self._say(self.judge, messages.Answer(number, payload))

    def on_output(self, data: bytes) -> None:
        """What the submission printed."""
        if not data or self.finished:
            return
        self._printed += len(data)
        self._shown.printed(data, self._current or "")
        if self._printed > self.request.output_kb * 1024:
            self._lose_box(faults.output(self.request.output_kb))

    def on_box_gone(self) -> None:
        """The box ended by itself; its last messages and output have been read."""
        box = self.box
        if box is None or self.finished:
            return
        if self._asleep_since is not None:
            said = self._shown.output(self._current or "").strip().splitlines()
            self.finish(
                faults.grader(f"a box could not start (status {box.status}) {said[-1] if said else ''}".strip())
            )
            return
        fault = faults.from_wait(box.status or 0)
        line = box.line_in(self.request.name)
        if fault.kind == "crash" and line is not None:
            fault = msgspec.structs.replace(fault, line=line, message=fault.message + faults.where(line))
        self._lose_box(fault)

    def on_bad_channel(self, error: BadFrame | ChannelClosed) -> None:
        """The box wrote nonsense into its channel, or closed it: most often because it is about to end."""
        if self.box is None:
            return
        if isinstance(error, BadFrame):
            self._lose_box(faults.garbled())
        else:
            self._closed_until = self._clock() + CLOSING_GRACE

    def over_memory(self) -> None:
        """The box holds more memory than allowed, in a way that no limit caught."""
        self._lose_box(faults.memory(self.request.memory_mb))

    def _lose_box(self, fault: Fault) -> None:
        loaded = self._box_loaded
        self._drop_box()
        if not loaded:
            # A file that cannot be imported cannot be imported for the next requirement either.
            self.finish(fault)
            return
        self._box_fault = fault
        if self._pending is not None:
            self._lost(fault)

    def _lost(self, fault: Fault) -> None:
        call, self._pending = self._pending, None
        if call is not None:
            self._say(self.judge, messages.Lost(call.call, msgspec.to_builtins(fault)))

    def _drop_box(self, end: Callable[[Child], None] | None = None) -> None:
        box, self.box = self.box, None
        self._pending_output(box)
        self._box_loaded = False
        self._asleep_since = None
        self._closed_until = math.inf
        if box is not None:
            (end or self._around.discard)(box)

    def _pending_output(self, box: Child | None) -> None:
        """Read what a box printed before it goes: the last lines are often the telling ones."""
        if box is not None and not self.finished:
            data = box.drain_output()
            if data and self._printed + len(data) <= self.request.output_kb * 1024:
                self.on_output(data)

    # Time

    @property
    def next_deadline(self) -> float:
        if self._asleep_since is not None:
            return self._asleep_since + STARTING_SECONDS
        return min(self._deadline, self._run_deadline, self._closed_until)

    def tick(self, now: float) -> None:
        """Act on a deadline that has passed."""
        if self.finished or now < self.next_deadline:
            return
        request = self.request
        if self._asleep_since is not None:
            self.finish(faults.grader("a box did not start in time"))
            return
        if now >= self._run_deadline:
            self._stop_run()
            return
        if now >= self._closed_until:
            self._lose_box(faults.garbled())
            return
        box = self.box
        if box is None or (self._box_loaded and self._pending is None):
            # The judge itself is busy: its time is the run's time.
            self._deadline = self._run_deadline
            return
        loading = not self._box_loaded
        box.kill()
        box.wait()
        self._lose_box(faults.timeout(request.seconds, box.line_in(request.name), loading=loading))
        self._deadline = self._run_deadline

    def _stop_run(self) -> None:
        box = self.box
        line = None
        if box is not None:
            box.kill()
            box.wait()
            line = box.line_in(self.request.name)
        waiting = self._pending is not None or (box is not None and not self._box_loaded)
        if waiting or self._results or self._current is not None:
            fault = faults.run_timeout(self.request.run_seconds, line)
        else:
            fault = faults.grader("it was not ready in time")
        if self._current is not None and self._current not in self._results:
            self._decided(
                RequirementResult(
                    self._current,
                    "error",
                    fault.message,
                    msgspec.structs.replace(fault, requirement=self._current),
                    seconds=self.request.seconds,
                )
            )
        self.finish(fault)

    # The end

    def abandon(self) -> None:
        """Give up without a report."""
        self.finished = True
        self._drop_box()
        self._around.discard(self.judge)

    def finish(self, fault: Fault | None) -> None:
        """Send the report; ``fault`` is what ended the run before its time."""
        if self.finished:
            return
        self._drop_box()
        self.finished = True
        report = compose(
            self.request,
            self._device,
            self._results,
            fault,
            self._clock() - self._begun,
            self._shown.curves,
            self._shown.drawings,
        )
        self._around.emit(Done(self.request.run, report))
        self._around.discard(self.judge)
