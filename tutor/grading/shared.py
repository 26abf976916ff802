"""The engine of the per-user server, for short calls: behaves as ``Engine``, and is warm from the second call on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from tutor.grading import messages, rendezvous
from tutor.grading.client import Engine, EngineDied
from tutor.grading.options import NAMES, ServerOptions, Spawn, spawn_by_default
from tutor.grading.private import NoServer
from tutor.grading.report import Cancelled, Done, GradeRequest, RunEvent, Status
from tutor.grading.shared_messages import PROTOCOL, Died, Hello, decode_to_caller, framed, read_frame
from tutor.locale import _

HELLO_SECONDS = 20.0
"""Patience with a server that has been called: on a busy machine a new one takes seconds to wake up."""
_CALLS = 3


class SharedEngine:
    """A connection to the per-user server, which is started where it does not run and stays when this is closed.

    Use it as an asynchronous context manager. As with ``Engine`` a newer ``grade`` supersedes the one in flight; runs
    of other processes are waited for.
    """

    def __init__(
        self,
        *,
        hidden: Sequence[Path] = (),
        needs: Sequence[str] = (),
        spawn: Spawn | None = None,
        confinement: Sequence[str] = NAMES,
    ) -> None:
        """The same arguments as those of ``Engine``; a server is shared by those who give the same."""
        self._options = ServerOptions(
            spawn=spawn or spawn_by_default(),
            hidden=tuple(str(path) for path in hidden),
            needs=tuple(needs),
            confinement=tuple(confinement),
        )
        self.status = Status("stopped")
        self.on_status: Callable[[Status], None] = lambda status: None
        """Called with each new status, on the event loop."""
        self.pid: int | None = None
        """Process id of the per-user server, while there is a connection to it."""
        self._writer: asyncio.StreamWriter | None = None
        self._listener: asyncio.Task[None] | None = None
        self._decided = asyncio.Event()
        """The engine is ready, or there is none."""
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

    async def start(self) -> None:
        """Call the server, unless that has been done.

        Raises:
            NoServer: there can be none here, or it does not answer.
            EngineDied: the same, where there has been one before.
        """
        try:
            await self._call()
        except NoServer as error:
            if self._numbers:
                raise EngineDied(str(error)) from error
            raise

    async def _call(self) -> None:
        async with self._starting:
            if self._writer is not None:
                return
            self._decided.clear()
            for _call in range(_CALLS):
                reader, writer = await asyncio.open_connection(sock=rendezvous.join(self._options))
                try:
                    async with asyncio.timeout(HELLO_SECONDS):
                        hello = decode_to_caller(await read_frame(reader))
                except asyncio.IncompleteReadError:
                    writer.close()  # it was just leaving: another is started
                    continue
                except (TimeoutError, OSError, msgspec.MsgspecError) as error:
                    writer.close()
                    raise NoServer(_("The per-user server does not answer.")) from error
                if not isinstance(hello, Hello) or hello.protocol != PROTOCOL:
                    writer.close()
                    break
                self.pid, self._writer = hello.pid, writer
                self._listener = asyncio.create_task(self._listen(reader), name="shared engine")
                return
            raise NoServer(_("The per-user server refuses to answer."))

    async def ready(self) -> Status:
        """Wait until the engine is warm.

        Raises:
            NoServer: there can be no per-user server here.
            EngineDied: it, or its engine, ended before that.
        """
        await self.start()
        await self._decided.wait()
        if self.status.state == "stopped":
            raise EngineDied(self.status.message)
        return self.status

    async def grade(self, request: GradeRequest) -> AsyncGenerator[RunEvent, None]:
        """Grade a submission; yields events, the last being ``Done`` or ``Cancelled``.

        ``request.run`` is replaced by a number of this connection's own. Leaving the iteration early cancels the run.

        Raises:
            NoServer: there can be no per-user server here.
            EngineDied: the server or its engine ended before the report.
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
        """Have a judge and boxes ready for this exercise, if nobody's run is in the way."""
        await self.start()
        self._send(messages.Prepare(request))

    async def cancel(self) -> None:
        """Give up every run of this connection; each ends in ``Cancelled``."""
        for number in list(self._runs):
            self._send(messages.Cancel(number))

    async def close(self) -> None:
        """End the connection, and with it this side's runs. The server stays, for the next call."""
        if self._writer is not None:
            self._writer.close()
        if self._listener is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener

    def _send(self, message: messages.Grade | messages.Prepare | messages.Cancel) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(framed(message))

    def _set(self, status: Status) -> None:
        self.status = status
        self.on_status(status)
        if status.state != "warming":
            self._decided.set()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Hand events to their runs until the connection ends, then tell every run."""
        try:
            while True:
                event = decode_to_caller(await read_frame(reader))
                if isinstance(event, Status):
                    self._set(event)
                elif isinstance(event, Died):
                    self._hand(event.run, EngineDied(event.message))
                elif not isinstance(event, Hello):
                    self._hand(event.run, event)
        except (asyncio.IncompleteReadError, OSError, msgspec.MsgspecError):
            pass
        finally:
            self._settle()

    def _hand(self, run: int, event: RunEvent | EngineDied) -> None:
        if run in self._runs:
            self._runs[run].put_nowait(event)

    def _settle(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer = self.pid = None
        message = _("The per-user server ended unexpectedly.")
        self._set(Status("stopped", message))
        for run in list(self._runs):
            self._hand(run, EngineDied(message))


AnyEngine = Engine | SharedEngine
"""What a session grades with."""
