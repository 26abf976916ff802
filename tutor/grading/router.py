"""A server for torch alone, and one for each further set of libraries: this process forks them and passes messages on.

It has imported torch, so what its servers add is their own libraries only, and no run waits for an import it does not
need. One run at a time, whichever server has it.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
from collections.abc import Callable

from tutor.grading import messages
from tutor.grading.frames import BadFrame, Channel, ChannelClosed
from tutor.grading.nursery import wait_for_all
from tutor.grading.report import GradeRequest
from tutor.grading.server import wake_up_at_child_end

Needs = tuple[str, ...]


class Router:
    """Between the client and the servers."""

    def __init__(self, client: Channel, start: Callable[[Needs, str, list[Channel]], tuple[int, Channel]]) -> None:
        """``start`` forks the server for some libraries, given the language of its messages and the channels that it is
        to close; it returns the server's pid and a channel to it."""
        self._client = client
        self._start = start
        self._servers: dict[Needs, Channel] = {}
        self._pids: dict[int, Needs] = {}
        self._current: Needs = ()
        self._selector = selectors.DefaultSelector()
        self._selector.register(client, selectors.EVENT_READ, client)
        self._wake = wake_up_at_child_end()
        self._selector.register(self._wake, selectors.EVENT_READ)

    def serve(self, needs: Needs) -> None:
        """Until the client is gone or a server is: without one of them nothing can be promised any more."""
        self._server(())
        if needs:
            self._server(needs)
        try:
            while self._turn():
                pass
        finally:
            self._end()

    def _server(self, needs: Needs, language: str = "en") -> Channel:
        if needs not in self._servers:
            others = [self._client, *self._servers.values()]
            pid, channel = self._start(needs, language, others)
            self._pids[pid] = needs
            self._servers[needs] = channel
            self._selector.register(channel, selectors.EVENT_READ, channel)
        return self._servers[needs]

    def _turn(self) -> bool:
        for end in (self._client, *self._servers.values()):
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if end.wants_write else 0)
            if self._selector.get_key(end).events != wanted:
                self._selector.modify(end, wanted, end)
        for key, events in self._selector.select():
            if key.fileobj is self._wake:
                with contextlib.suppress(BlockingIOError):
                    self._wake.recv(4096)
                continue
            channel: Channel = key.data
            if events & selectors.EVENT_WRITE:
                channel.flush()
            if events & selectors.EVENT_READ and not self._pass_on(channel):
                return False
        return self._reap()

    def _reap(self) -> bool:
        """Wait for what has ended; False if it was a server."""
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return not self._pids
            if pid == 0:
                return True
            if pid in self._pids:
                return False

    def _pass_on(self, channel: Channel) -> bool:
        try:
            frames = channel.receive()
        except (ChannelClosed, BadFrame):
            return False
        if channel is not self._client:
            for frame in frames:
                self._client.send(frame)
            return True
        for frame in frames:
            message = messages.decode_to_server(frame)
            match message:
                case messages.Grade(request):
                    self._go_to(request, give_up=True).send(frame)
                case messages.Prepare(request):
                    self._go_to(request, give_up=False).send(frame)
                case messages.Quit():
                    return False
                case _:
                    for server in self._servers.values():
                        server.send(frame)
        return True

    def _go_to(self, request: GradeRequest, *, give_up: bool) -> Channel:
        """The server for this exercise; the others rest."""
        needs = tuple(sorted(set(request.needs)))
        server = self._server(needs, request.language)
        if give_up or needs != self._current:
            rest = messages.encode(messages.Rest(give_up))
            for other in self._servers.values():
                if other is not server:
                    other.send(rest)
        self._current = needs
        return server

    def _end(self) -> None:
        """Every server ends its own children; what is left then is killed."""
        for server in self._servers.values():
            server.send(messages.encode(messages.Quit()))
        wait_for_all(self._pids, self._wake)
        for pid in self._pids:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        wait_for_all({}, self._wake)
