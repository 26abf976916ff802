"""Length-prefixed frames over a stream socket: for the server, which never blocks, and for its children."""

from __future__ import annotations

import contextlib
import socket
import struct

_HEADER = struct.Struct("!I")
MOST_BYTES = 256 * 2**20
"""Bytes of one frame at most; a longer one is refused before anything is allocated for it."""


class ChannelClosed(Exception):
    """The other side is gone."""


class BadFrame(Exception):
    """The other side sent what is no frame. In a box that is the submission's doing."""


def _framed(payload: bytes) -> bytes:
    if len(payload) > MOST_BYTES:
        raise BadFrame(f"a message of {len(payload)} bytes is over the limit of {MOST_BYTES}")
    return _HEADER.pack(len(payload)) + payload


class Channel:
    """The server's end: nonblocking, with a buffer for each direction."""

    def __init__(self, sock: socket.socket, most: int = MOST_BYTES) -> None:
        """``most``: bytes of a frame that is accepted from the other side."""
        sock.setblocking(False)
        self.socket = sock
        self._most = most
        self._incoming = bytearray()
        self._outgoing = bytearray()

    def fileno(self) -> int:
        return self.socket.fileno()

    @property
    def wants_write(self) -> bool:
        """Something waits for the other side to read."""
        return bool(self._outgoing)

    def send(self, payload: bytes) -> None:
        """Queue a frame and send what goes through at once. A gone reader is noticed by ``receive``."""
        self._outgoing += _framed(payload)
        self.flush()

    def flush(self) -> None:
        """Send what goes through without waiting."""
        while self._outgoing:
            try:
                sent = self.socket.send(self._outgoing[: 1 << 20])
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._outgoing.clear()
                return
            del self._outgoing[:sent]

    def receive(self) -> list[bytes]:
        """Every whole frame that has arrived, without waiting.

        Raises:
            ChannelClosed: the other side is gone and no whole frame is left.
            BadFrame: a frame over the limit.
        """
        closed = False
        # One read's worth at a time: a child that writes without end must not keep the server from its other work.
        for _ in range(16):
            try:
                chunk = self.socket.recv(1 << 18)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                closed = True
                break
            if not chunk:
                closed = True
                break
            self._incoming += chunk
            if len(chunk) < 1 << 18:
                break
        frames = []
        while len(self._incoming) >= _HEADER.size:
            (size,) = _HEADER.unpack_from(self._incoming)
            if size > self._most:
                raise BadFrame(f"a frame of {size} bytes was announced")
            if len(self._incoming) < _HEADER.size + size:
                break
            frames.append(bytes(self._incoming[_HEADER.size : _HEADER.size + size]))
            del self._incoming[: _HEADER.size + size]
        if closed and not frames:
            raise ChannelClosed
        return frames

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.close()


class BlockingChannel:
    """The end of a judge or a box: one frame at a time, waiting as long as it takes."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        self._socket = sock

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, payload: bytes) -> None:
        """Raises ChannelClosed where nobody listens any more."""
        try:
            self._socket.sendall(_framed(payload))
        except OSError as error:
            raise ChannelClosed from error

    def receive(self) -> bytes:
        """The next frame. Raises ChannelClosed at the end."""
        (size,) = _HEADER.unpack(self._exactly(_HEADER.size))
        return self._exactly(size)

    def _exactly(self, count: int) -> bytes:
        parts = []
        while count:
            try:
                chunk = self._socket.recv(min(count, 1 << 20))
            except OSError as error:
                raise ChannelClosed from error
            if not chunk:
                raise ChannelClosed
            parts.append(chunk)
            count -= len(chunk)
        return b"".join(parts)
