"""What a caller and the per-user server say to each other: length-prefixed msgpack, as the engine's own messages."""

from __future__ import annotations

import asyncio
import struct

import msgspec

from tutor.grading import messages
from tutor.grading.frames import MOST_BYTES
from tutor.grading.report import Event

PROTOCOL = 1
"""Raised with every change of what is said here. It is part of a server's name, so both sides have the same."""

_HEADER = struct.Struct("!I")


class Hello(msgspec.Struct, frozen=True, tag=True):
    """The first word to every caller."""

    protocol: int
    pid: int


class Died(msgspec.Struct, frozen=True, tag=True):
    """The engine below ended during a run."""

    run: int
    message: str


ToCaller = Hello | Died | Event
ToResident = messages.Grade | messages.Prepare | messages.Cancel

decode_to_caller = msgspec.msgpack.Decoder(ToCaller).decode
decode_to_resident = msgspec.msgpack.Decoder(ToResident).decode


def framed(message: ToCaller | ToResident) -> bytes:
    """``message`` as both sides send it."""
    payload = messages.encode(message)
    return _HEADER.pack(len(payload)) + payload


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """The next message. Raises IncompleteReadError at the end, ConnectionError for nonsense."""
    (size,) = _HEADER.unpack(await reader.readexactly(_HEADER.size))
    if size > MOST_BYTES:
        raise ConnectionError(f"a message of {size} bytes was announced")
    return await reader.readexactly(size)
