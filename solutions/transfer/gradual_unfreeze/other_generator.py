"""The schedule as a generator, which is moved on by one epoch with each step."""

from itertools import repeat


def schedule(optimizer, stages, every, factor):
    *below, _head = stages
    for stage in below:
        for parameter in stage.parameters():
            parameter.requires_grad = False
    yield
    for stage in reversed(below):
        for _ in repeat(None, every - 1):
            yield
        for parameter in stage.parameters():
            parameter.requires_grad = True
        optimizer.add_param_group({"params": stage.parameters(), "lr": optimizer.param_groups[-1]["lr"] * factor})
        yield


class GradualUnfreezing:
    def __init__(self, optimizer, stages, every, factor):
        self.schedule = schedule(optimizer, stages, every, factor)
        next(self.schedule)

    def step(self):
        next(self.schedule, None)
