"""What each way of not finishing is called, in the learner's words."""

from __future__ import annotations

import signal

from tutor.grading.raised import Raised
from tutor.grading.report import Fault, FaultKind
from tutor.locale import _


def where(line: int | None) -> str:
    """The line, as an addition to a sentence; nothing where it is not known."""
    return _(" Last seen in line {line}.").format(line=line) if line else ""


def timeout(seconds: float, line: int | None, *, loading: bool) -> Fault:
    """Killed at the deadline."""
    if loading:
        message = _("Importing your file took longer than {seconds:g} s and was stopped.").format(seconds=seconds)
    else:
        message = _("This took longer than {seconds:g} s and was stopped.").format(seconds=seconds)
    return Fault("timeout", message + where(line), line)


def run_timeout(seconds: float, line: int | None) -> Fault:
    """The whole run was over its time."""
    message = _("The whole run took longer than {seconds:g} s and was stopped.").format(seconds=seconds)
    return Fault("timeout", message + where(line), line)


def memory(limit_mb: int, line: int | None = None) -> Fault:
    return Fault(
        "memory",
        _("Your code asked for more memory than the {limit} MiB that this exercise allows.").format(limit=limit_mb)
        + where(line),
        line,
    )


def gpu_memory(line: int | None = None) -> Fault:
    return Fault("gpu_memory", _("The GPU ran out of memory.") + where(line), line)


def output(limit_kb: int) -> Fault:
    return Fault(
        "output",
        _("Your code printed more than {limit} KiB and was stopped. Is there a print inside a loop?").format(
            limit=limit_kb
        ),
    )


def device(wanted: str) -> Fault:
    return Fault("device", _("There is no device {device} on this machine.").format(device=wanted))


def unsupported_device(wanted: str, supported: tuple[str, ...]) -> Fault:
    return Fault(
        "device",
        _("This exercise does not run on {device}; it runs on: {supported}.").format(
            device=wanted, supported=", ".join(supported)
        ),
    )


def left(line: int | None = None) -> Fault:
    """``sys.exit`` or ``os._exit``, at whatever status."""
    return Fault(
        "exit",
        _("Your code ended the program (sys.exit, os._exit or quit) instead of returning.") + where(line),
        line,
    )


def crash(number: int) -> Fault:
    """Died of a signal."""
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = str(number)
    return Fault("crash", _("The process that ran your code was ended by {signal}.").format(signal=name))


def garbled() -> Fault:
    """The box's side of the conversation stopped making sense."""
    return Fault("crash", _("Your code disturbed the channel through which it is graded, so it was stopped."))


def load_failed(kind: FaultKind, raised: Raised) -> Fault:
    """The submission could not be imported."""
    line, text = raised.line, raised.text
    at = _(" (line {line})").format(line=line) if line else ""
    if kind == "syntax":
        message = _("Your file is not valid Python{at}: {text}").format(at=at, text=text)
    elif kind == "exit":
        return left(line)
    elif kind == "gpu_memory":
        return gpu_memory(line)
    else:
        message = _("Importing your file failed{at}: {error}: {text}").format(at=at, error=raised.kind, text=text)
    return Fault(kind, message, line, raised=raised)


def grader(message: str) -> Fault:
    return Fault(
        "grader",
        _("The grader itself failed; this is not your code's doing: {message}").format(message=message),
    )


def incomplete() -> Fault:
    return Fault("incomplete", _("Not every requirement was decided."))


def from_wait(status: int) -> Fault:
    """What a wait status says of a box that nobody killed (negative: a signal, as in ``os.waitstatus_to_exitcode``)."""
    return crash(-status) if status < 0 else left()
