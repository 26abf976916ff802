"""Values that cross between judge and box."""

from __future__ import annotations

import contextlib
import math

import msgspec
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.grading import calls, wire
from tutor.grading.raised import Frame, Raised
from tutor.testing.probe import ProbeRaised


def crossed(value):
    return wire.decode(wire.encode(value))


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**200), max_value=2**200)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5) | st.integers(-5, 5), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(plain)
def test_plain_values_cross_unchanged(value):
    again = crossed(value)
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("dtype", wire._DTYPES.values(), ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (1,), (2, 3)])
def test_tensors_keep_dtype_shape_and_values(dtype, shape):
    tensor = torch.arange(math.prod(shape)).reshape(shape).to(dtype)
    again = crossed(tensor)
    assert again.dtype == dtype
    assert again.shape == tensor.shape
    assert torch.equal(again, tensor)


def test_strides_survive():
    base = torch.randn(4, 6)
    for view in (base.t(), base[:, ::2], base[1:, 2:], torch.randn(1, 3).expand(5, 3), base[::2, ::3]):
        again = crossed(view)
        assert torch.equal(again, view)
        assert again.stride() == view.stride()


def test_a_thin_view_of_something_large_does_not_bring_it_along():
    thin = torch.zeros(4_000_000)[::1_000_000]
    assert len(wire.encode(thin)) < 1000
    assert torch.equal(crossed(thin), thin)


def test_conjugated_and_negated_views_cross_by_value():
    tensor = torch.randn(3, dtype=torch.complex64)
    assert torch.equal(crossed(tensor.conj()), tensor.conj().resolve_conj())
    assert torch.equal(crossed(tensor.conj().imag), tensor.conj().imag)


def test_requires_grad_crosses_and_the_graph_does_not():
    leaf = torch.randn(2, requires_grad=True)
    again = crossed(leaf * 2)
    assert again.requires_grad
    assert again.is_leaf
    assert not crossed(leaf.detach()).requires_grad


def test_a_subclass_arrives_as_a_plain_tensor():
    class Liar(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return True

    again = crossed(torch.zeros(2).as_subclass(Liar))
    assert type(again) is torch.Tensor
    assert torch.equal(again, torch.zeros(2))


def test_sizes_dtypes_and_devices_become_plain():
    assert crossed(torch.Size((2, 3))) == (2, 3)
    assert crossed([torch.float32, torch.device("cpu")]) == ["torch.float32", "cpu"]


@pytest.mark.parametrize(
    "value",
    [object(), {1.5: 2}, {("a",): 1}, {1, 2}, lambda: None, torch.zeros(2).to_sparse(), torch.zeros(2, device="meta")],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_on_the_list_is_refused(value):
    with pytest.raises(wire.NotPlain):
        wire.encode([value])


def test_depth_and_size_are_capped():
    deep: list[object] = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(wire.NotPlain):
        wire.encode(deep)
    with pytest.raises(wire.NotPlain):
        wire.encode(torch.zeros(1).expand(wire.MOST_ELEMENTS + 1))
    with pytest.raises(wire.NotPlain):
        wire.encode(1 << 70_000)


def forged(*fields: object) -> bytes:
    return msgspec.msgpack.encode(msgspec.msgpack.Ext(1, msgspec.msgpack.encode(list(fields))))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\x93\x01",
        msgspec.msgpack.encode(msgspec.msgpack.Ext(99, b"")),
        msgspec.msgpack.encode(msgspec.msgpack.Ext(3, b"zz")),
        forged("float32", [2], [1], False, b"1234"),  # data for one element, not two
        forged("float32", [2**40], [0], False, b"1234"),  # four bytes that claim to be terabytes
        forged("float32", [-1], [1], False, b""),
        forged("float32", [2], [1, 1], False, b"12345678"),
        forged("object", [1], [1], False, b"12345678"),
        forged("int64", [1], [1], True, b"12345678"),  # requires a gradient, cannot have one
        b"\x91" * 5000 + b"\xc0",
    ],
)
def test_nonsense_is_refused(data):
    with pytest.raises(wire.NotPlain):
        wire.decode(data)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_refusal(data):
    with contextlib.suppress(wire.NotPlain):
        wire.decode(data)
    with contextlib.suppress(ProbeRaised):
        calls.read_answer(data)


def test_a_call_crosses_with_its_arguments():
    payload = calls.call(
        calls.pickled(lambda submission, x, scale=1: x * scale), (torch.ones(2),), {"scale": 3}, wants_device=False
    )
    probe = calls.read_call(payload, torch.device("cpu"))
    assert torch.equal(probe.function(None, *probe.args, **probe.kwargs), torch.full((2,), 3.0))


def test_an_exception_crosses_as_data():
    sent = Raised("ValueError", ("ValueError", "Exception"), "no", 7, (Frame(7, "forward", "x"),))
    with pytest.raises(ProbeRaised, match="ValueError: no") as caught:
        calls.read_answer(calls.raised(sent))
    assert caught.value.line == 7
    assert caught.value.frames[0]["function"] == "forward"
