"""The child's side of ``ranks``: one process of a group, from its start to its last word.

It is forked, or started afresh (``main``) where a fork would not be sound. What it says
goes to its parent as pickled tuples with their length in front: both are the same submission's, neither is trusted.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import faulthandler
import importlib
import importlib.util
import inspect
import io
import os
import pickle
import random
import select
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlparse

import cloudpickle
import numpy as np
import torch
import torch.distributed as dist

from tutor.testing import show

NOTE_BEFORE = 0.15
"""Seconds before the deadline at which a rank notes where it is."""
LENGTH = struct.Struct("=Q")
_PR_SET_PDEATHSIG = 1
_one_at_a_time = threading.Lock()


class NotPlainValue(TypeError):
    """What a rank returned cannot be sent to the probe."""


@dataclasses.dataclass(frozen=True)
class Task:
    """What the ranks of one call are to do."""

    world_size: int
    function: Callable[..., Any]
    args: tuple[Any, ...]
    device: torch.device
    group: bool
    folder: Path
    deadline: float
    """As of ``time.monotonic``, which all processes of a machine share."""
    seed: int
    describe: Callable[[BaseException], Any] | None


@dataclasses.dataclass(frozen=True)
class Pipes:
    """Descriptors of one rank: what it says, what it prints, where it notes its line, and its parent's sign of life."""

    report: int
    output: int
    trace: int
    leave: int


def serve(task: Task, rank: int, pipes: Pipes) -> NoReturn:
    """Be ``rank``: run the function, say what came of it, wait until the parent has heard enough."""
    status = 1
    try:
        _settle(task, rank, pipes)
        _say(pipes.report, *_outcome(task, rank))
        _flush()
        # Its sockets stay open, so that whatever it sent last arrives. The parent ends it, or is gone.
        select.select([pipes.leave], [], [])
        status = 0
    except BaseException:  # never back into the code that forked
        with contextlib.suppress(Exception):
            os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(status)


# Surroundings


def _settle(task: Task, rank: int, pipes: Pipes) -> None:
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    _die_with_parent()
    os.dup2(pipes.output, 1)
    os.dup2(pipes.output, 2)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    faulthandler.enable(file=pipes.trace)
    faulthandler.dump_traceback_later(max(task.deadline - time.monotonic() - NOTE_BEFORE, 0.01), file=pipes.trace)
    show.use_sink(lambda kind, name, values: _say(pipes.report, "show", kind, name, values))
    torch.set_num_threads(1)
    random.seed(task.seed + rank)
    np.random.seed((task.seed + rank) % 2**32)
    torch.default_generator.manual_seed(task.seed + rank)
    if task.device.type != "cpu":
        torch.manual_seed(task.seed + rank)
    number = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": task.world_size, "LOCAL_WORLD_SIZE": task.world_size}
    loopback = "lo0" if sys.platform == "darwin" else "lo"
    # A port that nobody opens: torchrun's variables are there, but the ranks meet in a file.
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500"}
    os.environ.update({name: str(value) for name, value in number.items()} | place)
    os.environ.update(GLOO_SOCKET_IFNAME=loopback, NCCL_SOCKET_IFNAME=loopback)
    _meet_in_a_file(task, rank)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _meet_in_a_file(task: Task, rank: int) -> None:
    """``init_process_group(backend)`` finds the others as under torchrun, through a file instead of a port."""
    met = 0

    def handler(url: str, timeout: timedelta | None = None, **_options: Any) -> Iterator[tuple[Any, int, int]]:
        nonlocal met
        met += 1
        said = parse_qs(urlparse(url).query)
        own, size = (int(said.get(key, [other])[0]) for key, other in (("rank", rank), ("world_size", task.world_size)))
        # Another file each time: a group made after another was destroyed must not find the other's addresses.
        store = dist.FileStore(str(task.folder / f"group-{met}"), size)  # type: ignore[attr-defined]
        yield store, own, size

    # torch has no way to replace a handler; the module's name is taken by a function in torch.distributed.
    importlib.import_module("torch.distributed.rendezvous")._rendezvous_handlers["env"] = handler


def backend_for(device: torch.device, world_size: int, gpus: int) -> str:
    """nccl where each rank has a GPU to itself, else gloo (which nccl's refusal of shared GPUs makes necessary)."""
    return "nccl" if device.type == "cuda" and gpus >= world_size and dist.is_nccl_available() else "gloo"


def device_for(device: torch.device, rank: int, gpus: int) -> torch.device:
    """A rank's own GPU; where there are fewer GPUs than ranks they share them."""
    return torch.device("cuda", rank % gpus) if device.type == "cuda" and gpus else device


# The work


def _outcome(task: Task, rank: int) -> tuple[Any, ...]:
    try:
        gpus = torch.cuda.device_count() if task.device.type == "cuda" else 0
        device = device_for(task.device, rank, gpus)
        if device.type == "cuda":
            torch.cuda.set_device(device)
        if task.group:
            dist.init_process_group(
                backend_for(task.device, task.world_size, gpus),
                init_method="env://",
                rank=rank,
                world_size=task.world_size,
                # Only the deadline ends a wait.
                timeout=timedelta(seconds=max(task.deadline - time.monotonic(), 0) + 60),
            )
        options = {"device": device} if wants_device(task.function) else {}
        result = task.function(rank, task.world_size, *_on(task.args, device), **options)
        return "returned", dumped(result)
    except BaseException as error:
        return ("raised", *_described(error, task.describe))


def wants_device(function: Callable[..., Any]) -> bool:
    """The function has a parameter ``device``, which receives the rank's own."""
    try:
        return "device" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


def _on(value: Any, device: torch.device) -> Any:
    """Tensors of a probe's arguments, which lie on one GPU, on the rank's own."""
    if isinstance(value, torch.Tensor) and device.type != "cpu":
        return value.detach().to(device).requires_grad_(value.requires_grad)
    if type(value) in (list, tuple):
        return type(value)(_on(item, device) for item in value)
    if type(value) is dict:
        return {key: _on(item, device) for key, item in value.items()}
    return value


def _described(error: BaseException, describe: Callable[[BaseException], Any] | None) -> tuple[Any, ...]:
    """Class, words, Python's own traceback, the surroundings' description, and the module and name that is missing."""
    missing = None
    if isinstance(error, AttributeError) and type(error.obj) is ModuleType:
        missing = (error.obj.__name__, error.name)
    told = None if describe is None else describe(error)
    try:
        words = str(error)
    except BaseException:  # it is the submission's method
        words = ""
    try:
        lines = "".join(traceback.format_exception(error))
    except BaseException:
        lines = ""
    return type(error).__name__, words, lines, told, missing


# Words to the parent


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def _say(fd: int, *message: Any) -> None:
    body = pickle.dumps(message)
    view = memoryview(LENGTH.pack(len(body)) + body)
    with _one_at_a_time:  # curves may come from threads
        while view:
            view = view[os.write(fd, view) :]


class _Pickler(pickle.Pickler):
    """Plain tensors as bytes on the CPU: twenty times as fast as by their storages, and no GPU in the parent."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor) and value.layout is torch.strided and not value.is_quantized:
            plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
            data = plain.reshape(-1).view(torch.uint8).numpy().tobytes() if plain.numel() else b""
            return _tensor, (data, plain.dtype, tuple(plain.shape), value.requires_grad)
        return NotImplemented


def _tensor(data: bytes, dtype: torch.dtype, shape: tuple[int, ...], requires_grad: bool) -> torch.Tensor:
    plain = torch.frombuffer(bytearray(data), dtype=dtype).reshape(shape) if data else torch.empty(shape, dtype=dtype)
    return plain.requires_grad_(requires_grad)


def dumped(result: Any) -> bytes:
    """Raises NotPlainValue where the result holds something that belongs to its process."""
    buffer = io.BytesIO()
    try:
        _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(result)
    except Exception as error:
        raise NotPlainValue(f"{type(result).__name__} ({error})") from None
    return buffer.getvalue()


# A fresh interpreter


def packed(task: Task) -> bytes:
    """``task`` for a fresh interpreter, with what it needs to find the same modules."""
    import_path = [entry for entry in sys.path if entry]
    modules = [(value.__name__, value.__file__) for value in task.args if isinstance(value, ModuleType)]
    home = sys.modules.get(getattr(task.function, "__module__", ""))
    # A grader imported by pytest has a name that nobody else can import.
    by_value = home is not None and PathFinder.find_spec(home.__name__.partition(".")[0]) is None
    if by_value:
        cloudpickle.register_pickle_by_value(home)
    try:
        return pickle.dumps((import_path, modules, cloudpickle.dumps(task)))
    finally:
        if by_value:
            cloudpickle.unregister_pickle_by_value(home)


def main(arguments: list[str]) -> NoReturn:
    """``FILE RANK REPORT OUTPUT TRACE LEAVE``: the packed task, and descriptors."""
    rank, *numbers = map(int, arguments[1:])
    import_path, modules, task = pickle.loads(Path(arguments[0]).read_bytes())
    sys.path[:] = import_path
    for name, file in modules:
        if file is not None and name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, file)
            assert spec is not None
            assert spec.loader is not None
            sys.modules[name] = module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
    serve(pickle.loads(task), rank, Pipes(*numbers))
