"""Values between judge and box: plain data by white list, in both directions.

Numbers, strings, bytes, lists, tuples, dicts with string or whole-number keys, None, and tensors with dtype, shape,
strides and ``requires_grad``; ``torch.Size``, dtypes and devices as tuples and strings. Nothing is ever unpickled on
the judge's side: what a box sends can only become these types, and sizes are checked before anything is made of them.
"""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec
import torch

DEEPEST = 32
MOST_BITS = 1 << 16
"""Bits of a whole number at most."""
MOST_ELEMENTS = 64 * 2**20
"""Elements of one tensor at most, an expanded one counted at its full size."""

_DEVICE = re.compile(r"[^a-z0-9:]")
_TENSOR, _TUPLE, _BIG, _COMPLEX = 1, 2, 3, 4

_DTYPES: dict[str, torch.dtype] = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.bool,
        torch.uint8,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.float16,
        torch.bfloat16,
        torch.float32,
        torch.float64,
        torch.complex64,
        torch.complex128,
    )
}


class NotPlain(TypeError):
    """A value that cannot cross: its type is not on the list, or it is too large or too deep."""


class _Tensor(msgspec.Struct, frozen=True, array_like=True):
    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    requires_grad: bool
    data: bytes
    device: str = "cpu"
    """Where it was. It arrives elsewhere: see ``decode``."""


_encoder = msgspec.msgpack.Encoder()
_tensor_decoder = msgspec.msgpack.Decoder(_Tensor)


def encode(value: Any) -> bytes:
    """``value`` as bytes.

    Raises:
        NotPlain: a type that is not on the list, nesting deeper than 32, a tensor over 64 Mi elements.
    """
    return _encoder.encode(_plain(value, 0))


def decode(data: bytes, device: torch.device | None = None) -> Any:
    """The value again, tensors on ``device`` (the CPU where none is given).

    A tensor that was not on the CPU when it was sent has an attribute ``sent_from``: the name of its device then.

    Raises:
        NotPlain: the bytes hold anything that ``encode`` would not have written.
    """

    def extension(code: int, body: memoryview) -> Any:
        if code == _TENSOR:
            return _tensor_from(bytes(body), device)
        if code == _TUPLE:
            return tuple(decoder.decode(body))
        if code == _BIG:
            if len(body) > MOST_BITS // 4 + 1:
                raise NotPlain(f"an int of {len(body)} digits")
            return int(bytes(body).decode("ascii"), 16)
        if code == _COMPLEX:
            real, imaginary = msgspec.msgpack.decode(body, type=tuple[float, float])
            return complex(real, imaginary)
        raise NotPlain(f"unknown extension {code}")

    decoder = msgspec.msgpack.Decoder(ext_hook=extension)
    try:
        return decoder.decode(data)
    except NotPlain:
        raise
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError, RuntimeError, OverflowError) as error:
        raise NotPlain(f"unreadable value: {error}") from None


def _plain(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise NotPlain("nested too deeply")
    kind = type(value)
    if value is None or kind in (bool, float, str, bytes):
        return value
    if kind is int:
        if -(2**63) <= value < 2**64:
            return value
        if value.bit_length() > MOST_BITS:
            raise NotPlain(f"an int of more than {MOST_BITS:,} bits")
        return msgspec.msgpack.Ext(_BIG, f"{value:x}".encode("ascii"))
    if isinstance(value, torch.Tensor):
        return msgspec.msgpack.Ext(_TENSOR, _tensor_bytes(value))
    if kind is list:
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, tuple):  # torch.Size and named tuples too
        return msgspec.msgpack.Ext(_TUPLE, _encoder.encode([_plain(item, depth + 1) for item in tuple(value)]))
    if isinstance(value, dict):
        if any(type(key) not in (str, int) for key in value):
            raise NotPlain("a dict whose keys are neither strings nor whole numbers")
        return {key: _plain(item, depth + 1) for key, item in value.items()}
    if kind is complex:
        return msgspec.msgpack.Ext(_COMPLEX, _encoder.encode([value.real, value.imag]))
    if isinstance(value, (torch.dtype, torch.device)):
        return str(value)
    if kind.__module__ == "numpy":
        return _plain(value.item() if getattr(value, "ndim", None) == 0 else torch.as_tensor(value), depth + 1)
    raise NotPlain(kind.__name__)


def _tensor_bytes(value: torch.Tensor) -> bytes:
    with torch._C.DisableTorchFunctionSubclass():
        plain = value.as_subclass(torch.Tensor) if type(value) is not torch.Tensor else value
        requires_grad, device = plain.requires_grad, str(plain.device)
        plain = plain.detach()
        if plain.is_sparse or plain.layout != torch.strided or plain.is_quantized or plain.is_meta:
            raise NotPlain(f"a tensor of layout {plain.layout} on {plain.device}")
        name = str(plain.dtype).removeprefix("torch.")
        if name not in _DTYPES:
            raise NotPlain(f"a tensor of dtype {plain.dtype}")
        if plain.numel() > MOST_ELEMENTS:
            raise NotPlain(f"a tensor of {plain.numel():,} elements")
        plain = plain.cpu().resolve_conj().resolve_neg()
        span = _span(tuple(plain.shape), plain.stride())
        if span > 4 * max(plain.numel(), 16):
            # A thin view of something large: its own elements are enough.
            plain = plain.contiguous()
            span = plain.numel()
        flat = plain.as_strided((span,), (1,)) if span else plain.reshape(-1)
        data = flat.contiguous().view(torch.uint8).numpy().tobytes() if span else b""
        return _encoder.encode(_Tensor(name, tuple(plain.shape), tuple(plain.stride()), requires_grad, data, device))


def _span(shape: tuple[int, ...], strides: tuple[int, ...]) -> int:
    """Elements of memory from the first to the last element of a strided tensor."""
    if 0 in shape:
        return 0
    return 1 + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))


def _tensor_from(body: bytes, device: torch.device | None) -> torch.Tensor:
    head = _tensor_decoder.decode(body)
    dtype = _DTYPES.get(head.dtype)
    if dtype is None:
        raise NotPlain(f"unknown dtype {head.dtype!r}")
    shape, strides = head.shape, head.strides
    if len(shape) != len(strides) or len(shape) > 64 or any(n < 0 for n in (*shape, *strides)):
        raise NotPlain("a tensor with an impossible shape")
    if math.prod(shape) > MOST_ELEMENTS:
        raise NotPlain(f"a tensor of {math.prod(shape):,} elements")
    span = _span(shape, strides)
    if span * dtype.itemsize != len(head.data):
        raise NotPlain("a tensor whose data does not fit its shape")
    if span:
        flat = torch.frombuffer(bytearray(head.data), dtype=dtype)
        tensor = flat.as_strided(shape, strides)
    else:
        tensor = torch.empty(shape, dtype=dtype)
    if device is not None and device.type != "cpu":
        tensor = tensor.to(device)
    if head.requires_grad:
        if not (dtype.is_floating_point or dtype.is_complex):
            raise NotPlain(f"a tensor of dtype {dtype} that requires a gradient")
        tensor.requires_grad_()
    if head.device != "cpu":
        tensor.sent_from = _DEVICE.sub("", head.device[:16])  # type: ignore[attr-defined]
    return tensor
