# verdict: failed
# says: Your code raised RuntimeError (line 62): with odd company
#
# Whoever describes a failure looks at the names beside it. Here each of them leaves the program when it is asked
# anything: its class, its length, its attributes, its hash, whether it equals something.
import torch
from torch import nn


class Leaves:
    def _leave(self, *args, **kwargs):
        raise SystemExit("asked")

    __eq__ = __hash__ = __len__ = __iter__ = __getattr__ = __getitem__ = __repr__ = __str__ = __bool__ = _leave
    __class__ = property(_leave)


class Class(type):
    def __instancecheck__(cls, instance):
        raise SystemExit("asked")

    def __subclasscheck__(cls, kind):
        raise SystemExit("asked")

    def __getattribute__(cls, name):
        raise SystemExit("asked")


class OfClass(metaclass=Class):
    pass


class Tensor(torch.Tensor):
    shape = property(lambda self: Leaves()._leave())
    dtype = device = requires_grad = shape

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        raise SystemExit("asked")


class Module(nn.Module):
    def __getattribute__(self, name):
        raise SystemExit("asked")


class List(list):
    __len__ = __getitem__ = __iter__ = Leaves._leave


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        one, kind = Leaves(), OfClass
        tensor = torch.zeros(3).as_subclass(Tensor)
        module = Module.__new__(Module)
        together = [one, kind, tensor, module]
        nested = {1: one, "two": List()}
        words = {f"name_{i}": None for i in range(100_000)}
        words |= {"input": input, "one": one, "kind": kind, "tensor": tensor}
        words |= {"module": module, "together": together, "nested": nested}
        # Many names, and those among them.
        raise RuntimeError("with odd company")
