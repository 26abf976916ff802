# verdict: failed
# says: Your code raised ExceptionGroup (line 19): outer
# grader: value
#
# Groups within groups, twenty thousand deep, and a cycle of causes; positions that no file has.
from torch import nn


def odd():
    raise ValueError("innermost")


odd.__code__ = odd.__code__.replace(co_firstlineno=2**31 - 2)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        def fail(error):
            raise ExceptionGroup("outer", [error])

        try:
            odd()
        except ValueError as error:
            group = error
        group.__cause__ = cycle = KeyError("cause")
        cycle.__cause__ = group
        for _ in range(20_000):
            group = ExceptionGroup("inner", [group])
        fail(group)
