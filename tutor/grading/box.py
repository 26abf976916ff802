"""The box: the process in which a submission and the probes run. It holds no test, no expected value and no result."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib.util
import io
import linecache
import os
import random
import re
import sys
import tempfile
import time
import tokenize
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import numpy as np
import torch

from tutor.grading import calls, confine, learner_frames, messages, rank_ends, seccomp, texts, wire
from tutor.grading.frames import BlockingChannel, ChannelClosed
from tutor.grading.raised import Raised
from tutor.grading.report import FaultKind
from tutor.testing import show
from tutor.testing.ranks import RankFailed, Surroundings, use_surroundings

# How long before the server's kill the box notes where it is.
_NOTE_BEFORE = 0.2
_NO_GPU_MEMORY = re.compile(r"CUDA out of memory|CUDA error: out of memory|CU(?:BLAS|DNN)_STATUS_ALLOC_FAILED")


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


def serve(channel: BlockingChannel, trace: int, folder: Path, fence: confine.Fence) -> None:
    """Be the box of one requirement (or of one run), until the server closes the channel.

    Args:
        channel: to the server.
        trace: file descriptor into which Python notes where it is, at a crash or shortly before the deadline.
        folder: its own, as the server calls it.
        fence: what keeps it to itself.
    """
    gc.collect()
    warm_up()
    settle(trace, folder, fence)
    try:
        channel.send(messages.encode(messages.Awake()))
        setup = messages.decode_to_box(channel.receive())
        if not isinstance(setup, messages.BoxSetup):
            return
        _Box(channel, trace, setup, fence).run()
    except ChannelClosed:
        return


def settle(trace: int, folder: Path, fence: confine.Fence) -> None:
    """Make this process a plain, confined place, as far as that can be done before the submission is known."""
    sys.modules["__main__"] = ModuleType("__main__")
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - it lives as long as the box
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    faulthandler.enable(file=trace)
    fence.take_on(folder)


class _Box:
    def __init__(self, channel: BlockingChannel, trace: int, setup: messages.BoxSetup, fence: confine.Fence) -> None:
        self._fence = fence
        self._channel = channel
        self._trace = trace
        self._setup = setup
        self._device = torch.device(setup.device)
        self._path = Path(setup.folder) / f"{setup.name}.py"
        self._submission: ModuleType | None = None
        self._describe = learner_frames.Describer(str(self._path))

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
        self._remember_lines()
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        sys.argv = [str(self._path)]
        os.environ["TMPDIR"] = os.environ["HOME"] = str(folder)
        tempfile.tempdir = str(folder)  # it has been asked for before, and remembered
        random.seed(setup.seed)
        np.random.seed(setup.seed % 2**32)
        # torch.manual_seed also asks every kind of accelerator, which costs milliseconds.
        torch.default_generator.manual_seed(setup.seed)
        if self._device.type != "cpu":
            torch.manual_seed(setup.seed)
        show.use_sink(self._show)
        confine.limit_memory(setup.memory_mb)
        if self._device.type == "cpu" and self._fence.calls:
            with contextlib.suppress(OSError):
                seccomp.refuse_files_in_memory()
        self._watch(setup.seconds)

    def _remember_lines(self) -> None:
        """Tracebacks quote lines: from here, because the file is the submission's, which may delete or replace it."""
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(self._setup.source).readline)
            text = self._setup.source.decode(encoding, "replace")
        except (SyntaxError, LookupError):
            text = self._setup.source.decode("utf-8", "replace")
        lines = text.splitlines(keepends=True)
        # Without a time of change, linecache never looks at the file itself.
        linecache.cache[str(self._path)] = (len(text), None, lines, str(self._path))
        self._describe = learner_frames.Describer(str(self._path), tuple(lines))

    def _show(self, kind: str, name: str, values: Any) -> None:
        self._channel.send(messages.encode(messages.shown(kind, name, values)))

    def _watch(self, seconds: float) -> None:
        """Note where Python is shortly before the deadline; a thread of its own does it, even while C code runs."""
        deadline = time.monotonic() + seconds

        def watch() -> None:
            left = deadline - time.monotonic()
            faulthandler.dump_traceback_later(max(left - _NOTE_BEFORE, 0.01), file=self._trace)

        watch()
        use_surroundings(
            Surroundings(
                deadline,
                file=str(self._path),
                describe=self._describe,
                private=(self._channel.fileno(), self._trace),
                watch=watch,
            )
        )

    def _load(self) -> bool:
        spec = importlib.util.spec_from_file_location(self._setup.name, self._path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[self._setup.name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException as error:
            confine.free_reserve()
            try:
                failed = self._load_failed(error)
            except BaseException:  # the exception is the submission's, and so is what describing it calls
                failed = messages.LoadFailed("import", _PLAIN)
            self._send(failed)
            return False
        self._submission = module
        return True

    def _load_failed(self, error: BaseException) -> messages.LoadFailed:
        raised = self._raised(error)
        line, text = raised.line, raised.text
        kind: FaultKind = "import"
        if isinstance(error, SyntaxError) and error.filename == str(self._path):
            number, said = error.lineno, error.msg
            kind = "syntax"
            line = number if type(number) is int and 0 < number < 10**7 else None
            text = said if type(said) is str else text
        elif isinstance(error, SyntaxError) and line is None:
            # A wrong encoding is reported without a file name; a NUL byte without a line.
            kind = "syntax"
        elif isinstance(error, (UnicodeDecodeError, ValueError)) and line is None:
            kind = "syntax"
        elif isinstance(error, SystemExit):
            kind = "exit"
        elif is_out_of_gpu_memory(raised.kind, text):
            kind = "gpu_memory"
        elif is_out_of_memory(raised.kind, text):
            kind = "memory"
        return messages.LoadFailed(kind, msgspec.structs.replace(raised, text=texts.encodable(text), line=line))

    def _answer(self, payload: bytes) -> bytes:
        try:
            probe = calls.read_call(payload, self._device)
            if probe.wants_device and "device" not in probe.kwargs:
                probe.kwargs["device"] = self._device
            return calls.value(probe.function(self._submission, *probe.args, **probe.kwargs))
        except BaseException as error:
            confine.free_reserve()
            try:
                if type(error) is wire.NotPlain:
                    return calls.raised(Raised("NotPlainValue", ("NotPlainValue",), texts.encodable(str(error))))
                return calls.raised(self._raised(error), self._missing(error))
            except BaseException:  # the exception is the submission's, and so is what describing it calls
                return calls.raised(_PLAIN)

    def _missing(self, error: BaseException) -> str | None:
        """The name that the submission should define and does not."""
        if isinstance(error, AttributeError) and error.obj is self._submission and type(error.name) is str:
            return error.name
        return rank_ends.missing(error, self._setup.name)

    def _raised(self, error: BaseException) -> Raised:
        return rank_ends.raised(error) if isinstance(error, RankFailed) else self._describe(error)


_PLAIN = Raised("Exception", ("Exception",), "")
"""An exception that cannot be described."""


def is_out_of_memory(kind: str, text: str) -> bool:
    """The exception says that memory (of the host) ran out."""
    return kind == "MemoryError" or "can't allocate memory" in text or "not enough memory" in text.lower()


def is_out_of_gpu_memory(kind: str, text: str) -> bool:
    """The exception says that a GPU's memory ran out: in torch's allocator, in the driver, or in a library."""
    return kind == "OutOfMemoryError" or _NO_GPU_MEMORY.search(text) is not None
