"""As a pipeline: hits come from map, their sums from accumulate; both draw one sample at a time."""

from itertools import accumulate, count

import torch


def learn_stream(model, optimizer, stream):
    def hit(sample):
        x, target = sample
        optimizer.zero_grad(set_to_none=False)
        log_p = torch.log_softmax(model(torch.stack([x])), dim=-1)
        guess = int(log_p.max(dim=1).indices)
        (-log_p[0, target]).backward()
        optimizer.step()
        return guess == int(target)

    for hits, n in zip(accumulate(map(hit, stream)), count(1), strict=False):
        yield hits / n
