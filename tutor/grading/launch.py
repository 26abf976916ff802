"""Starting the server: namespaces first, then every import, then the loop. ``python -m tutor.grading.launch OPTIONS``.

A first process takes the namespaces and stands by; its child, the first process of the new PID namespace, is the server
proper. Where there is no such namespace one process does both.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path

import msgspec

from tutor.grading import confine, landlock, namespaces, tree
from tutor.grading.frames import BlockingChannel, Channel
from tutor.grading.options import ServerOptions
from tutor.grading.server import Server
from tutor.grading.spawn import ForkSpawner, Role, Spawner, StandbySpawner
from tutor.grading.system import settle_memory


def import_everything(needs: tuple[str, ...]) -> None:
    """Import torch, pytest and what common first calls would import, and let pytest run once."""
    import torch
    import torch._dynamo  # any optimizer imports it: two seconds, if not here
    import torch.testing
    import torch.utils.checkpoint
    import torch.utils.data

    from tutor.grading import judge

    torch.set_num_threads(1)
    for name in needs:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    judge.rehearse()


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
        shutil.rmtree(base, ignore_errors=True)
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
    for fd, _ in watch.poll():
        if fd == sock.fileno():
            # The client is gone. The server notices too, unless it is deep in an import: it gets a moment.
            select.select([ended], [], [], 2.0)
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    namespaces.unmount(base)
    shutil.rmtree(base, ignore_errors=True)
    os._exit(min(abs(os.waitstatus_to_exitcode(status)), 255))


def _serve(sock: socket.socket, base: Path, active: tuple[str, ...], options: ServerOptions) -> None:
    os.environ["TMPDIR"] = str(base)
    tempfile.tempdir = None
    confine.become_subreaper()
    spawner: Spawner
    if options.spawn == "standby":
        spawner = StandbySpawner(base, [Path(path) for path in options.hidden])
        active = (*active, *(("landlock",) if landlock.works() else ()), "limits")
    else:
        import_everything(options.needs)
        boxes = namespaces.pid_namespaces() if "pid" in options.confinement else None
        fence, taken = _fence(base, active, options)
        confine.hide_memory()
        active = (*active, *taken, "limits")

        def serve_child(role: Role, channel: BlockingChannel, trace: int, folder: Path) -> None:
            _serve_child(role, channel, trace, folder, fence)

        spawner = ForkSpawner(base, serve_child, boxes, fence)
        settle_memory()
    Server(Channel(sock), spawner, active).serve()


def _fence(base: Path, active: tuple[str, ...], options: ServerOptions) -> tuple[confine.Fence, tuple[str, ...]]:
    """What boxes take on, and the names of it."""
    hidden = [Path(path) for path in options.hidden]
    laid = tree.lay_out(base, hidden) if "tree" in options.confinement and "mount" in active else None
    held = "landlock" in options.confinement and landlock.works()
    names = (*(("tree",) if laid else ()), *(("landlock",) if held else ()))
    made = landlock.rules(base, hidden) if held and laid is None else None
    return confine.Fence(base, laid, made, landlock=held), names


if __name__ == "__main__":
    main(sys.argv[1:])
