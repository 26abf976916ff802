"""The engine as app and command line see it: an asyncio client that owns one server process. Imports no torch."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from tutor.grading import messages
from tutor.grading.options import NAMES, ServerOptions, Spawn, spawn_by_default
from tutor.grading.report import Cancelled, Done, GradeRequest, RunEvent, Status
from tutor.locale import _

CLOSING_SECONDS = 3.0
# Set before anything is imported in the server: one thread, and boxes that may raise their number without spinning.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "KMP_BLOCKTIME": "0",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
}


# What libraries, drivers and the system read. Everything else, tokens and passwords among it, stays here: a submission
# could print it.
_PASSED = {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM", "LD_LIBRARY_PATH", "SHELL"}
_PASSED_FAMILIES = (
    *("LC_", "PYTHON", "TORCH", "PYTORCH", "CUDA", "NVIDIA", "NCCL", "GLOO", "ROCM", "HIP", "HSA", "XPU"),
    *("OMP_", "KMP_", "MKL_", "OPENBLAS_", "GOMP_", "HF_HUB_OFFLINE", "TOKENIZERS_", "TUTOR_"),
)
PASS = "TUTOR_PASS"
"""Environment variable: names of others that the engine is to have, set apart by commas."""


def passed_on() -> dict[str, str]:
    """The environment that the engine, and with it every submission, gets."""
    wanted = _PASSED | set(os.environ.get(PASS, "").split(","))
    return {name: value for name, value in os.environ.items() if name in wanted or name.startswith(_PASSED_FAMILIES)}


class EngineDied(Exception):
    """The server ended while something was asked of it. The next call starts a new one."""


class Engine:
    """Grades submissions in a server process that it starts, keeps warm and ends.

    Use it as an asynchronous context manager. One run at a time: a newer ``grade`` supersedes the one in flight, which
    then ends in ``Cancelled``.
    """

    def __init__(
        self,
        *,
        hidden: Sequence[Path] = (),
        needs: Sequence[str] = (),
        spawn: Spawn | None = None,
        confinement: Sequence[str] = NAMES,
    ) -> None:
        """Args:
        hidden: folders that no box may read: packs, solutions, the learner's files.
        needs: libraries that the server imports at its start.
        spawn: how judges and boxes are made; by default what suits the system.
        confinement: protections that may be tried.
        """
        self._options = ServerOptions(
            spawn=spawn or spawn_by_default(),
            hidden=tuple(str(path) for path in hidden),
            needs=tuple(needs),
            confinement=tuple(confinement),
        )
        self.status = Status("stopped")
        self.on_status: Callable[[Status], None] = lambda status: None
        """Called with each new status, on the event loop."""
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listener: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._runs: dict[int, asyncio.Queue[RunEvent | EngineDied]] = {}
        self._numbers = 0
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def pid(self) -> int | None:
        """Process id of the server's first process, while there is one."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Start the server, unless it runs. It warms up by itself; ``ready`` waits for that."""
        async with self._starting:
            if self._process is not None:
                return
            ours, theirs = socket.socketpair()
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in _settle
            options = msgspec.structs.replace(self._options, channel=theirs.fileno())
            environment = passed_on() | _ENVIRONMENT
            try:
                self._process = subprocess.Popen(
                    # -P: a torch.py in the learner's folder must not be imported in torch's place.
                    [sys.executable, "-P", "-m", "tutor.grading.launch", msgspec.json.encode(options).decode()],
                    stdin=subprocess.DEVNULL,
                    stdout=self._errors,
                    stderr=self._errors,
                    pass_fds=(theirs.fileno(),),
                    env=environment,
                    start_new_session=True,
                )
            finally:
                theirs.close()
            self._ready.clear()
            self._set(Status("warming"))
            reader, self._writer = await asyncio.open_connection(sock=ours)
            self._listener = asyncio.create_task(self._listen(reader, self._process), name="engine")

    async def ready(self) -> Status:
        """Wait until the server is warm.

        Raises:
            EngineDied: it ended before that; the message says what it said last.
        """
        await self.start()
        await self._ready.wait()
        if self.status.state == "stopped":
            raise EngineDied(self.status.message)
        return self.status

    async def grade(self, request: GradeRequest) -> AsyncGenerator[RunEvent, None]:
        """Grade a submission; yields events, the last being ``Done`` or ``Cancelled``.

        ``request.run`` is replaced by a number of the engine's own. Leaving the iteration early cancels the run.

        Raises:
            EngineDied: the server ended before the report.
        """
        await self.start()
        self._numbers += 1
        number = self._numbers
        events: asyncio.Queue[RunEvent | EngineDied] = asyncio.Queue()
        self._runs[number] = events
        finished = False
        try:
            self._send(messages.Grade(msgspec.structs.replace(request, run=number)))
            while not finished:
                event = await events.get()
                if isinstance(event, EngineDied):
                    finished = True
                    raise event
                finished = isinstance(event, (Done, Cancelled))
                yield event
        finally:
            self._runs.pop(number, None)
            if not finished:
                self._send(messages.Cancel(number))

    async def prepare(self, request: GradeRequest) -> None:
        """The exercise has been opened: have a judge and boxes ready for it."""
        await self.start()
        self._send(messages.Prepare(request))

    async def cancel(self) -> None:
        """Give up every run in flight; each ends in ``Cancelled``."""
        for number in list(self._runs):
            self._send(messages.Cancel(number))

    async def close(self) -> None:
        """End the server and everything it started. Safe to call at any moment, and twice."""
        process = self._process
        if process is None:
            return
        self._send(messages.Quit())
        if self._writer is not None:
            self._writer.close()
        if self._listener is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener

    def _send(self, message: messages.ToServer) -> None:
        if self._writer is not None and not self._writer.is_closing():
            payload = messages.encode(message)
            self._writer.write(struct.pack("!I", len(payload)) + payload)

    def _set(self, status: Status) -> None:
        self.status = status
        self.on_status(status)

    async def _listen(self, reader: asyncio.StreamReader, process: subprocess.Popen[bytes]) -> None:
        """Hand events to their runs until the server ends, then tell every run."""
        try:
            while True:
                (size,) = struct.unpack("!I", await reader.readexactly(4))
                event = messages.decode_event(await reader.readexactly(size))
                if isinstance(event, Status):
                    self._set(event)
                    if event.state == "ready":
                        self._ready.set()
                elif event.run in self._runs:
                    self._runs[event.run].put_nowait(event)
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.MsgspecError):
            pass
        finally:
            self._settle(await asyncio.shield(asyncio.to_thread(_wait, process)))

    def _settle(self, status: int) -> None:
        said = ""
        if self._errors is not None:
            self._errors.seek(0)
            rows = self._errors.read().decode("utf-8", "replace").strip().splitlines()
            said = rows[-1] if rows else ""
            self._errors.close()
        if self._writer is not None:
            self._writer.close()
        self._process = self._writer = self._errors = None
        message = _("The grading engine ended unexpectedly (status {status}). {said}").format(status=status, said=said)
        self._set(Status("stopped", message.strip()))
        self._ready.set()
        for events in self._runs.values():
            events.put_nowait(EngineDied(message.strip()))


def _wait(process: subprocess.Popen[bytes]) -> int:
    """The exit status of a server whose channel has closed.

    It gets time to end by itself: killed at once, it would leave its children to end later than this call returns.
    """
    try:
        return process.wait(CLOSING_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait()
