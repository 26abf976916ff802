"""Several devices inside a probe, on a machine with one: ``devices``.

::

    @probe
    def staged(submission, x, device):
        with devices(2, device) as (first, second):
            model = submission.TwoStages(first, second)
            y = model(x.to(first))
            y.sum().backward()
            return y, [str(p.device) for p in model.parameters()]

Where there are as many GPUs they are what ``devices`` gives. Elsewhere it gives ``cpu:0``, ``cpu:1`` and so on, which
torch itself takes for one and the same; inside the context each is a place of its own, apart from the others and from
the host's memory (``cpu``). The arithmetic is the CPU's. The rules are those of several GPUs: ``to`` moves, and so does
its gradient; what is computed from tensors of one device lies there; tensors of two devices meet only in ``copy_``, or
where one is a single number of the host's; and the error that says so is torch's own.

How: each storage carries its place, so views, parameters and what autograd saves have it too. While the context is open
``torch.Tensor`` answers ``device``, ``to``, ``cpu`` and ``numpy`` accordingly, a torch-function mode gives new tensors
their place, and a dispatch mode watches every operation: those of modules, backward passes and optimizers as well.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter

HOST = -1
MOST_DEVICES = 8
_PLACE = "_tutor_place"
# Tensors of two devices may meet here.
_CROSSING = frozenset({"aten::copy_", "aten::_to_copy", "aten::set_", "aten::detach"})
# Here the host's whole numbers may choose from a device's tensor.
_INDEXING = frozenset({"aten::index", "aten::index_put", "aten::index_put_", "aten::_index_put_impl_"})
# Operations on lists of tensors, place by place: torch puts what lies on one device of its own into one call.
_LISTS = ("aten::_foreach_", "aten::_fused_ad", "aten::_fused_sgd", "aten::_amp_foreach_")
_COPIES = (torch.as_tensor, torch.asarray)


@contextlib.contextmanager
def devices(count: int, device: torch.device | str = "cpu") -> Iterator[list[torch.device]]:
    """Give ``count`` devices: GPUs where ``device`` is one and there are as many, places of the CPU's elsewhere.

    Args:
        count: 2 to 8.
        device: what the probe received as its ``device``.

    Raises:
        ValueError: ``count`` is out of range.
    """
    if not 2 <= count <= MOST_DEVICES:
        raise ValueError(f"devices() takes a count of 2 to {MOST_DEVICES}, not {count}")
    if torch.device(device).type == "cuda" and torch.cuda.device_count() >= count:
        yield [torch.device("cuda", index) for index in range(count)]
        return
    with _methods(count), _Operations(), _Requests(count):  # type: ignore[no-untyped-call]
        yield [torch.device("cpu", index) for index in range(count)]


# Where a tensor lies


def _place(tensor: torch.Tensor) -> int | None:
    """Number of the device, ``HOST``, or None for what torch has made for itself and nobody has looked at yet."""
    with contextlib.suppress(NotImplementedError, RuntimeError), torch._C.DisableTorchFunction():
        place: int | None = getattr(tensor.untyped_storage(), _PLACE, None)
        return place
    return None  # sparse, or without storage


def _put(tensor: torch.Tensor, place: int) -> None:
    with contextlib.suppress(NotImplementedError, RuntimeError), torch._C.DisableTorchFunction():
        setattr(tensor.untyped_storage(), _PLACE, place)


def _device(place: int | None) -> torch.device:
    return torch.device("cpu") if place is None or place == HOST else torch.device("cpu", place)


def _tensors(values: Any) -> list[torch.Tensor]:
    return [value for value in tree_iter(values) if isinstance(value, torch.Tensor)]


class _Move(torch.autograd.Function):
    """A copy elsewhere, whose gradient is copied back."""

    @staticmethod
    def forward(ctx: Any, tensor: torch.Tensor, place: int) -> torch.Tensor:
        ctx.source = _place(tensor)
        with torch._C.DisableTorchFunction():
            moved = tensor.clone()
        _put(moved, place)
        return moved

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return _Move.apply(gradient, HOST if ctx.source is None else ctx.source), None


def _moved(tensor: torch.Tensor, place: int) -> torch.Tensor:
    moved: torch.Tensor = tensor if _place(tensor) == place else _Move.apply(tensor, place)
    return moved


# What Python code asks for


class _Requests(TorchFunctionMode):
    """Gives new tensors their place."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = dict(kwargs or {})
        for tensor in _tensors((args, kwargs)):
            if _place(tensor) is None:
                _put(tensor, HOST)
        place = _wanted(kwargs.get("device"), self._count)
        if place is not None:
            kwargs["device"] = torch.device("cpu")
        result = func(*args, **kwargs)
        if place is not None and func in _COPIES:
            return _moved(result, place)
        if func is torch.Tensor.__deepcopy__:
            place = _place(args[0])
        for tensor in _tensors(result):
            if place is not None:
                _put(tensor, place)
            elif _place(tensor) is None:
                _put(tensor, HOST)
        return result


def _wanted(device: Any, count: int) -> int | None:
    """The place that ``device`` means; None where it means none of these. Raises RuntimeError as torch does."""
    if not isinstance(device, (str, torch.device)) or torch.device(device).type != "cpu":
        return None
    index = torch.device(device).index
    if index is not None and index >= count:
        raise RuntimeError(f"invalid device ordinal: {device} (there are {count})")
    return HOST if index is None else index


@contextlib.contextmanager
def _methods(count: int) -> Iterator[None]:
    """Give ``torch.Tensor`` methods that know of places.

    A mode would not do: torch leaves it while it handles a function, so that hooks, checkpoints and a submission's own
    functions would see another world in a backward pass than they saw before it.
    """
    known = torch._C.TensorBase
    raw_device = known.device.__get__

    def device(tensor: torch.Tensor) -> torch.device:
        found: torch.device = raw_device(tensor)
        return _device(_place(tensor)) if found.type == "cpu" else found

    def to(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        place = _place(tensor)
        # The device may be given by position, by name, or by another tensor.
        wanted = args[0] if args else kwargs.get("device", kwargs.get("other"))
        if isinstance(wanted, torch.Tensor):
            place = _place(wanted)
        elif (found := None if isinstance(wanted, torch.dtype) else _wanted(wanted, count)) is not None:
            place = found
            args, kwargs = (("cpu", *args[1:]), kwargs) if args else ((), {**kwargs, "device": "cpu"})
        with torch._C.DisableTorchFunction():
            result = known.to(tensor, *args, **kwargs)
        if raw_device(result).type != "cpu":
            return result
        if raw_device(tensor).type != "cpu":
            # It comes from a real GPU: the copy has been made.
            _put(result, HOST if place is None else place)
        return _moved(result, HOST if place is None else place)

    def cpu(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        return to(tensor, "cpu")

    def numpy(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if _place(tensor) not in (None, HOST):
            raise TypeError(
                f"can't convert {tensor.device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to "
                "host memory first."
            )
        return known.numpy(tensor, *args, **kwargs)

    own = {"device": property(device), "to": to, "cpu": cpu, "numpy": numpy}
    before = {name: torch.Tensor.__dict__[name] for name in own if name in torch.Tensor.__dict__}
    for name, value in own.items():
        setattr(torch.Tensor, name, value)
    try:
        yield
    finally:
        for name in own:
            delattr(torch.Tensor, name)
        for name, value in before.items():
            setattr(torch.Tensor, name, value)


# What is computed


class _Operations(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Lets tensors meet only in one place, and gives results theirs."""

    def __torch_dispatch__(
        self,
        func: Any,
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        # Nothing here is a request.
        with torch._C.DisableTorchFunction():
            kwargs = kwargs or {}
            name = func._schema.name
            if name.startswith(_LISTS):
                lists = [value for value in args if isinstance(value, (list, tuple))]
                places = [_meeting(_tensors(group), name) for group in zip(*lists, strict=False)]
                result = func(*args, **kwargs)
                for tensor, place in zip(result if isinstance(result, (list, tuple)) else (), places, strict=False):
                    _adopt(tensor, place)
                return result
            place = _meeting(_tensors((args, kwargs)), name)
            result = func(*args, **kwargs)
            for tensor in _tensors(result):
                _adopt(tensor, place)
            return result


def _adopt(tensor: torch.Tensor, place: int | None) -> None:
    if place is not None and _place(tensor) is None:
        _put(tensor, place)


def _meeting(tensors: list[torch.Tensor], name: str) -> int | None:
    """Where ``tensors`` meet in the operation ``name``; None where none has a place. Raises RuntimeError."""
    found = [(tensor, place) for tensor in tensors if (place := _place(tensor)) is not None]
    if not found:
        return None
    if name in _CROSSING:
        return found[0][1]
    first = next((place for _tensor, place in found if place != HOST), HOST)
    for tensor, place in found:
        guest = place == HOST and (tensor.dim() == 0 or name in _INDEXING)
        if place != first and not guest:
            raise RuntimeError(
                "Expected all tensors to be on the same device, but found at least two devices, "
                f"{_device(first)} and {_device(place)}!"
            )
    return first
