"""The box: the process in which a submission and the probes run. It holds no test, no expected value and no result."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib.util
import linecache
import os
import random
import sys
import traceback
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import numpy as np
import torch

from tutor.grading import calls, confine, messages, wire
from tutor.grading.frames import BlockingChannel, ChannelClosed
from tutor.grading.report import FaultKind
from tutor.testing import show

MOST_FRAMES = 12
MOST_TEXT = 2000
# How long before the server's kill the box notes where it is.
_NOTE_BEFORE = 0.2


def warm_up() -> None:
    """Pay for the first forward, backward, step and answer now, while nobody waits."""
    layer = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    loss = torch.nn.functional.cross_entropy(layer(torch.zeros(3, 2)), torch.zeros(3, dtype=torch.int64))
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    optimizer.zero_grad()
    payload = calls.call(calls.pickled(lambda submission, x: x), (loss.detach(),), {}, wants_device=False)
    probe = calls.read_call(payload, torch.device("cpu"))
    calls.value(probe.function(None, *probe.args))


def serve(channel: BlockingChannel, trace: int, rules: confine.Landlock | None) -> None:
    """Be the box of one requirement (or of one run), until the server closes the channel.

    Args:
        channel: to the server.
        trace: file descriptor into which Python notes where it is, at a crash or shortly before the deadline.
        rules: which files may be touched.
    """
    gc.collect()
    warm_up()
    settle(trace, rules)
    try:
        channel.send(messages.encode(messages.Awake()))
        setup = messages.decode_to_box(channel.receive())
        if not isinstance(setup, messages.BoxSetup):
            return
        _Box(channel, trace, setup).run()
    except ChannelClosed:
        return


def settle(trace: int, rules: confine.Landlock | None) -> None:
    """Make this process a plain, confined place, as far as that can be done before the submission is known."""
    sys.modules["__main__"] = ModuleType("__main__")
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - it lives as long as the box
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    faulthandler.enable(file=trace)
    confine.restrict_box(rules)


class _Box:
    def __init__(self, channel: BlockingChannel, trace: int, setup: messages.BoxSetup) -> None:
        self._channel = channel
        self._trace = trace
        self._setup = setup
        self._device = torch.device(setup.device)
        self._path = Path(setup.folder) / f"{setup.name}.py"
        self._submission: ModuleType | None = None

    def run(self) -> None:
        self._settle()
        if not self._load():
            return
        self._send(messages.Loaded())
        while True:
            request = messages.decode_to_box(self._channel.receive())
            if isinstance(request, messages.Deadline):
                self._watch(request.seconds)
            elif isinstance(request, messages.Call):
                self._send(messages.Reply(request.call, self._answer(request.payload)))

    def _send(self, message: messages.FromBox) -> None:
        for stream in (sys.stdout, sys.stderr):
            # The submission may have closed or replaced it.
            with contextlib.suppress(Exception):
                stream.flush()
        self._channel.send(messages.encode(message))

    def _settle(self) -> None:
        """Own folder, own seeds, own limits."""
        setup = self._setup
        folder = Path(setup.folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(setup.source)
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        sys.argv = [str(self._path)]
        os.environ["TMPDIR"] = os.environ["HOME"] = str(folder)
        random.seed(setup.seed)
        np.random.seed(setup.seed % 2**32)
        # torch.manual_seed also asks every kind of accelerator, which costs milliseconds.
        torch.default_generator.manual_seed(setup.seed)
        if self._device.type != "cpu":
            torch.manual_seed(setup.seed)
        show.use_sink(self._show)
        confine.limit_memory(setup.memory_mb)
        self._watch(setup.seconds)

    def _show(self, kind: str, name: str, values: list[Any]) -> None:
        self._channel.send(
            messages.encode(messages.Show("curve" if kind == "curve" else "picture", name, tuple(values)))
        )

    def _watch(self, seconds: float) -> None:
        """Note where Python is shortly before the deadline; a thread of its own does it, even while C code runs."""
        faulthandler.dump_traceback_later(max(seconds - _NOTE_BEFORE, 0.01), file=self._trace)

    def _load(self) -> bool:
        spec = importlib.util.spec_from_file_location(self._setup.name, self._path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[self._setup.name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException as error:
            self._send(self._load_failed(error))
            return False
        self._submission = module
        return True

    def _load_failed(self, error: BaseException) -> messages.LoadFailed:
        line = self._learner_line(error.__traceback__)
        text = _text_of(error)
        kind: FaultKind = "import"
        if isinstance(error, SyntaxError) and error.filename == str(self._path):
            kind, line, text = "syntax", error.lineno, error.msg
        elif isinstance(error, SyntaxError) and line is None:
            # A wrong encoding is reported without a file name; a NUL byte without a line.
            kind = "syntax"
        elif isinstance(error, (UnicodeDecodeError, ValueError)) and line is None:
            kind = "syntax"
        elif isinstance(error, SystemExit):
            kind = "exit"
        elif is_out_of_memory(type(error).__name__, text):
            kind = "memory"
        return messages.LoadFailed(kind, type(error).__name__, text, line)

    def _learner_line(self, trace: TracebackType | None) -> int | None:
        """The deepest line of the submission in a traceback."""
        lines = [number for frame, number in traceback.walk_tb(trace) if self._is_learners(frame.f_code.co_filename)]
        return lines[-1] if lines else None

    def _is_learners(self, filename: str) -> bool:
        return filename == str(self._path)

    def _answer(self, payload: bytes) -> bytes:
        try:
            probe = calls.read_call(payload, self._device)
            if probe.wants_device and "device" not in probe.kwargs:
                probe.kwargs["device"] = self._device
            return calls.value(probe.function(self._submission, *probe.args, **probe.kwargs))
        except wire.NotPlain as error:
            return calls.raised(calls.Raised("NotPlainValue", ("NotPlainValue",), str(error)))
        except BaseException as error:
            return calls.raised(self._raised(error))

    def _raised(self, error: BaseException) -> calls.Raised:
        frames = []
        for frame, line in traceback.walk_tb(error.__traceback__):
            if self._is_learners(frame.f_code.co_filename):
                frames.append(
                    calls.RaisedFrame(
                        line,
                        frame.f_code.co_name,
                        linecache.getline(str(self._path), line).strip()[:200],
                        _tensors_of(frame.f_locals),
                    )
                )
        missing = None
        if isinstance(error, AttributeError) and error.obj is self._submission:
            missing = error.name
        return calls.Raised(
            type(error).__name__,
            tuple(kind.__name__ for kind in type(error).__mro__),
            _text_of(error),
            frames[-1].line if frames else None,
            tuple(frames[-MOST_FRAMES:]),
            missing,
        )


def _text_of(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # it is the submission's method, and may even leave the program
        text = ""
    return text[:MOST_TEXT]


def _tensors_of(names: dict[str, Any]) -> dict[str, str]:
    """The tensors among a frame's locals, in a few words each."""
    found = {}
    for name, value in list(names.items())[:64]:
        if type(value) in (torch.Tensor, torch.nn.Parameter):
            with contextlib.suppress(Exception):
                words = [str(tuple(value.shape)), str(value.dtype).removeprefix("torch."), str(value.device)]
                if value.is_floating_point() and value.numel() <= 1 << 20 and not bool(torch.isfinite(value).all()):
                    words.append("not finite")
                found[name] = " ".join(words)
    return found


def is_out_of_memory(kind: str, text: str) -> bool:
    """The exception says that memory (of the host) ran out."""
    return kind == "MemoryError" or "can't allocate memory" in text or "not enough memory" in text.lower()
