"""The per-user server: keeps an engine warm for every ``tutor check`` of this user, and leaves when nobody needs it.

``python -m tutor.grading.resident ORDERS``, started by ``rendezvous.join``. It holds no torch itself: its engine starts
the grading server below it. Runs of several connections wait for one another in the order in which they came; a newer
run of the same connection supersedes the older one, as with ``Engine``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from pathlib import Path

import msgspec

from tutor import locale
from tutor.grading import messages, private, rendezvous
from tutor.grading.client import Engine, EngineDied
from tutor.grading.rendezvous import Orders, Resident
from tutor.grading.report import Cancelled, GradeRequest, Status
from tutor.grading.shared_messages import PROTOCOL, Died, Hello, ToCaller, decode_to_resident, framed, read_frame

TICK_SECONDS = 2.0
"""How often it looks whether it still can be called at all."""
CODE_SECONDS = 30.0
"""How often it looks whether the tutor's files have changed."""
STOPPED_CLIENT_MINUTES = 10.0
"""Patience with callers who are there and want nothing: one may have been stopped in the middle."""
MOST_UNREAD_BYTES = 32 * 2**20
"""What may wait for a caller who does not read."""


class Caller:
    """One connection: what it is told, and its run of the moment."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.run: tuple[int, asyncio.Task[None]] | None = None

    def tell(self, message: ToCaller) -> None:
        if self._writer.is_closing():
            return
        self._writer.write(framed(message))
        if self._writer.transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
            self._writer.transport.abort()

    def see_off(self) -> None:
        self._writer.close()

    def give_up(self, run: int | None = None) -> None:
        """Its run, or only that with the number ``run``."""
        if self.run is not None and run in (None, self.run[0]):
            self.run[1].cancel()
            self.run = None


class House:
    """The engine, its callers, and the clock."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        options = orders.options
        self._engine = Engine(
            hidden=[Path(path) for path in options.hidden],
            needs=options.needs,
            spawn=options.spawn,
            confinement=options.confinement,
        )
        self._engine.on_status = self._tell_status
        self._callers: set[Caller] = set()
        self._turn = asyncio.Lock()
        self._runs = 0
        self._used = time.monotonic()
        self._leaving = asyncio.Event()
        self._standing = rendezvous.standing(os.getpid())
        self._code = rendezvous.code_stamp()
        self._code_seen = self._used

    async def live(self) -> None:
        """Until nobody needs it, nobody can call it, or it is told to leave."""
        listener = socket.socket(fileno=self._orders.listener)
        self._introduce()
        async with self._engine:
            server = await asyncio.start_unix_server(self._serve, sock=listener)
            while not self._leaving.is_set() and self.is_wanted():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._leaving.wait(), min(TICK_SECONDS, self._patience))
            self.leave()
            self._close_door()
            server.close()
            for caller in list(self._callers):
                caller.give_up()
                caller.see_off()
        self._tidy()

    def leave(self) -> None:
        """End ``live``. Runs in flight are not reported: whoever waits for one sees the connection end."""
        self._leaving.set()

    # Coming and going

    def _introduce(self) -> None:
        """Write into the locked file who this is."""
        me = Resident(os.getpid(), time.time(), sys.executable, self._orders.idle_minutes)
        os.ftruncate(self._orders.lock, 0)
        os.pwrite(self._orders.lock, msgspec.json.encode(me), 0)

    def _close_door(self) -> None:
        """From here on whoever calls starts another server."""
        path = Path(self._orders.socket)
        with contextlib.suppress(OSError, private.NoServer), private.alone(path.parent):
            if rendezvous.identity(path) == self._orders.identity:
                path.unlink()

    def _tidy(self) -> None:
        """The last thing: whoever waits for the end of this server looks at its lock."""
        lock = Path(self._orders.socket).with_suffix(".lock")
        held = os.fstat(self._orders.lock)
        with contextlib.suppress(OSError, private.NoServer), private.alone(lock.parent):
            if rendezvous.identity(lock) == (held.st_dev, held.st_ino):  # otherwise they are a successor's
                lock.with_suffix(".log").unlink(missing_ok=True)
                lock.unlink()

    @property
    def _patience(self) -> float:
        """Seconds without work after which it leaves."""
        minutes = self._orders.idle_minutes
        return 60 * (max(minutes, STOPPED_CLIENT_MINUTES) if self._callers else minutes)

    def is_wanted(self) -> bool:
        """Somebody may still call, and has not been away for too long."""
        now = time.monotonic()
        if self._runs:
            return True
        try:
            if rendezvous.identity(Path(self._orders.socket)) != self._orders.identity:
                return False
            if now - self._code_seen >= CODE_SECONDS:
                # Nobody arrives at the name of this server any more once the tutor's code has changed.
                if rendezvous.code_stamp() != self._code:
                    return False
                self._code_seen = now
        except OSError:
            return False
        return now - self._used < self._patience

    def _touch(self) -> None:
        self._used = time.monotonic()
        with contextlib.suppress(OSError):
            os.utime(self._orders.lock)  # for those who ask how long it has been idle

    # The callers

    def _tell_status(self, status: Status) -> None:
        for caller in self._callers:
            caller.tell(status)

    def _may_call(self, writer: asyncio.StreamWriter) -> bool:
        """This user's programs, and not the code that is graded for them: as grader it would run outside its box."""
        other = rendezvous.peer(writer.get_extra_info("socket"))
        if other is None:
            return True
        pid, uid = other
        try:
            return uid == os.geteuid() and rendezvous.standing(pid) == self._standing
        except OSError:
            return False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._may_call(writer):
            writer.close()
            return
        caller = Caller(writer)
        self._touch()
        try:
            await self._engine.start()  # it may have died since the last call
            caller.tell(Hello(PROTOCOL, os.getpid()))
            caller.tell(self._engine.status)
            self._callers.add(caller)
            while True:
                match decode_to_resident(await read_frame(reader)):
                    case messages.Grade(request):
                        caller.give_up()
                        caller.run = (request.run, asyncio.create_task(self._grade(caller, request)))
                    case messages.Cancel(run):
                        caller.give_up(run)
                    case messages.Prepare(request):
                        if not self._runs:
                            await self._engine.prepare(request)
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.MsgspecError):
            pass
        finally:
            caller.give_up()
            self._callers.discard(caller)
            self._touch()
            writer.close()

    async def _grade(self, caller: Caller, request: GradeRequest) -> None:
        """One run, when its turn has come. The engine numbers it anew; its caller hears the number it gave."""
        locale.use(request.language if request.language in locale.LANGUAGES else "en")
        self._runs += 1
        try:
            async with self._turn, contextlib.aclosing(self._engine.grade(request)) as events:
                async for event in events:
                    caller.tell(msgspec.structs.replace(event, run=request.run))
        except EngineDied as error:
            caller.tell(Died(request.run, str(error)))
        except asyncio.CancelledError:
            if not self._leaving.is_set():  # otherwise the end of the connection says more: it has not been graded
                caller.tell(Cancelled(request.run))
        finally:
            self._runs -= 1
            self._touch()


def main(arguments: list[str]) -> None:
    orders = msgspec.json.decode(arguments[0], type=Orders)
    # So that it is nobody's child: who started it waits for this process, and need not stay.
    if os.fork():
        os._exit(0)
    for fd in (orders.listener, orders.lock):
        os.set_inheritable(fd, False)
    asyncio.run(_live(orders))


async def _live(orders: Orders) -> None:
    house = House(orders)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, house.leave)
    await house.live()


if __name__ == "__main__":
    main(sys.argv[1:])
