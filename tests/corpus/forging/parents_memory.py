# verdict: failed
# says: every way is barred
# needs: pid landlock
#
# The memory of the processes that judge, through /proc and ptrace.
import ctypes
import os

from torch import nn


class CheatWorked(Exception):
    pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        own = os.readlink("/proc/self") if os.path.islink("/proc/self") else ""
        libc = ctypes.CDLL(None, use_errno=True)
        for name in os.listdir("/proc"):
            if not name.isdigit() or name == own:
                continue
            for file in ("mem", "environ", "maps", "auxv", "task/" + name + "/mem"):
                try:
                    with open(f"/proc/{name}/{file}", "rb") as memory:
                        if memory.read(1) or file == "mem":
                            raise CheatWorked(f"{name}/{file}")
                except OSError:
                    pass
            if os.getpid() == 1 and int(name) > 1 and libc.ptrace(16, int(name), 0, 0) == 0:
                raise CheatWorked(f"ptrace {name}")
        raise ValueError("every way is barred")
