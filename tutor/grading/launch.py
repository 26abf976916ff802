"""Starting the engine: namespaces first, then every import, then the loop. ``python -m tutor.grading.launch OPTIONS``.

A first process takes the namespaces and stands by; its child, the first process of the new PID namespace, imports torch
and becomes the router, which forks the servers. Where there is no such namespace the first process does both.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import select
import signal
import socket
import sys
import tempfile
import traceback
from pathlib import Path

import msgspec

from tutor import locale
from tutor.grading import confine, landlock, messages, namespaces, seccomp, tree
from tutor.grading.frames import BlockingChannel, Channel
from tutor.grading.options import ServerOptions
from tutor.grading.report import Status
from tutor.grading.router import Router
from tutor.grading.server import Server
from tutor.grading.spawn import ForkSpawner, Role, StandbySpawner
from tutor.grading.system import settle_memory
from tutor.locale import _

# Libraries whose parts are imported on demand: what graders and lessons use of them.
_PARTS = {
    "sklearn": (
        *("sklearn.datasets", "sklearn.datasets.data", "sklearn.datasets.descr", "importlib.readers"),
        *("sklearn.metrics", "sklearn.linear_model", "sklearn.model_selection"),
    ),
    "torchvision": ("torchvision.models", "torchvision.transforms.v2", "torchvision.ops"),
    "torch_geometric": (
        *("torch_geometric.nn", "torch_geometric.data", "torch_geometric.loader", "torch_geometric.utils"),
        *("torch.onnx._internal.exporter._flags", "encodings.unicode_escape"),
    ),
    "transformers": (
        "transformers.models.auto.modeling_auto",
        "transformers.models.bert.modeling_bert",
        "transformers.models.gpt2.modeling_gpt2",
    ),
    "lightning": ("lightning.pytorch",),
    "tokenizers": ("tokenizers.models", "tokenizers.trainers"),
}


# What torch and Python would import at a common first call; a test counts what is left (test_warm_list.py).
_FIRST_CALLS = (
    "torch._dynamo",  # any optimizer imports it: two seconds, if not here
    "torch._subclasses.schema_check_mode",
    "torch.distributed",
    "torch.nn.parallel",
    "torch.testing",
    "torch.utils.checkpoint",
    "torch.utils.data",
    "torch.utils.serialization.config",
    "multiprocessing.popen_fork",
    "multiprocessing.queues",
    "multiprocessing.synchronize",
)


def import_torch() -> None:
    """Import torch, pytest and what common first calls would import, and let pytest run once."""
    import torch

    for name in _FIRST_CALLS:
        importlib.import_module(name)

    from tutor.grading import judge

    torch.set_num_threads(1)
    judge.rehearse()
    settle_memory()


def import_needs(needs: tuple[str, ...]) -> None:
    """Import what an exercise needs here, once, so that every judge and box of this server has it."""
    for name in needs:
        # A missing library is reported by the grader that imports it, with its own name.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
            for part in _PARTS.get(name, ()):
                importlib.import_module(part)
            if name == "torch_geometric":
                _write_convolutions()
    settle_memory()


def _write_convolutions() -> None:
    """PyG writes a module for each kind of layer when the first of the kind is made: here, and not in each box."""
    from torch_geometric import nn

    for kind in (nn.GCNConv, nn.GATConv, nn.GATv2Conv, nn.SAGEConv, nn.GraphConv, nn.TransformerConv):
        kind(1, 1)
    for kind in (nn.GINConv, nn.EdgeConv):
        kind(nn.Linear(1, 1))


def _serve_child(role: Role, channel: BlockingChannel, trace: int, folder: Path, fence: confine.Fence) -> None:
    if role == "judge":
        from tutor.grading import judge

        confine.hide_memory()
        judge.serve(channel)
    else:
        from tutor.grading import box

        box.serve(channel, trace, folder, fence)


def main(arguments: list[str]) -> None:
    options = msgspec.json.decode(arguments[0], type=ServerOptions)
    sock = socket.socket(fileno=options.channel)
    base = Path(tempfile.mkdtemp(prefix="tutor-"))
    active = namespaces.take_namespaces(base, options.confinement)
    if "pid" in active:
        _stand_by(sock, base)
        if namespaces.mount_proc():
            active = (*active, "proc")
    try:
        _serve(sock, base, active, options)
    finally:
        namespaces.clear_away(base)
        sys.stdout.flush()
        os._exit(0)


def _stand_by(sock: socket.socket, base: Path) -> None:
    """Fork the server as the first process of the new PID namespace; the caller stays outside and ends with it."""
    pid = os.fork()
    if pid == 0:
        confine.die_with_parent()
        return
    watch = select.poll()
    watch.register(sock.fileno(), select.POLLHUP | getattr(select, "POLLRDHUP", 0))
    ended = os.pidfd_open(pid)
    watch.register(ended, select.POLLIN)
    for fd, _event in watch.poll():
        if fd == sock.fileno():
            # The client is gone. The server notices too, unless it is deep in an import: it gets a moment.
            select.select([ended], [], [], 2.0)
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    namespaces.clear_away(base)
    os._exit(min(abs(os.waitstatus_to_exitcode(status)), 255))


def _serve(sock: socket.socket, base: Path, active: tuple[str, ...], options: ServerOptions) -> None:
    locks = Path(tempfile.gettempdir())
    os.environ["TMPDIR"] = str(base)
    tempfile.tempdir = None
    confine.become_subreaper()
    client = Channel(sock)
    if options.spawn == "standby":
        active = (*active, *(("landlock",) if landlock.works() else ()), "limits")
        spawner = StandbySpawner(base, [Path(path) for path in options.hidden])
        Server(client, spawner, active, locks).serve()
        return
    import_torch()

    def start(needs: tuple[str, ...], language: str, others: list[Channel]) -> tuple[int, Channel]:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                for channel in (*others, Channel(ours)):
                    channel.close()
                _serve_needs(Channel(theirs), needs, language, base, active, options, locks)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(1)
        theirs.close()
        return pid, Channel(ours)

    Router(client, start).serve(tuple(sorted(options.needs)))


def _serve_needs(
    channel: Channel,
    needs: tuple[str, ...],
    language: str,
    base: Path,
    active: tuple[str, ...],
    options: ServerOptions,
    locks: Path,
) -> None:
    """Be the server for these libraries."""
    confine.die_with_parent()
    confine.become_subreaper()
    if needs:
        locale.use(language if language in locale.LANGUAGES else "en")
        message = _("Loading {libraries} …").format(libraries=", ".join(needs))
        channel.send(messages.encode(Status("warming", message)))
        import_needs(needs)
    boxes = namespaces.pid_namespaces() if "pid" in options.confinement else None
    folder = base / ("torch" if not needs else "-".join(needs))
    folder.mkdir(mode=0o700)
    fence, taken = _fence(folder, active, options)
    confine.hide_memory()

    def serve_child(role: Role, child: BlockingChannel, trace: int, own: Path) -> None:
        _serve_child(role, child, trace, own, fence)

    spawner = ForkSpawner(folder, serve_child, boxes, fence)
    settle_memory()
    Server(channel, spawner, (*active, *taken, "limits"), locks).serve()
    os._exit(0)


def _fence(base: Path, active: tuple[str, ...], options: ServerOptions) -> tuple[confine.Fence, tuple[str, ...]]:
    """What boxes take on, and the names of it."""
    hidden = [Path(path) for path in options.hidden]
    laid = tree.lay_out(base, hidden) if "tree" in options.confinement and "mount" in active else None
    held = "landlock" in options.confinement and landlock.works()
    calls = "calls" in options.confinement and seccomp.works()
    granted = (("tree", laid is not None), ("landlock", held), ("calls", calls))
    names = tuple(name for name, there in granted if there)
    made = landlock.rules(base, hidden) if held and laid is None else None
    return confine.Fence(base, laid, made, landlock=held, calls=calls), names


if __name__ == "__main__":
    main(sys.argv[1:])
