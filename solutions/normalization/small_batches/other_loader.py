"""A DataLoader cuts the batches; seed by seed, in one tensor with a dimension for seeds."""

import itertools

import torch
from torch.nn import functional as F
from torch.utils.data import BatchSampler, RandomSampler


def train(model, images, labels, size, epochs, rate, generator):
    optimizer = torch.optim.SGD([{"params": model.parameters(), "lr": size * rate}])
    sampler = BatchSampler(RandomSampler(images, generator=generator), batch_size=size, drop_last=True)
    for _ in range(epochs):
        for batch in sampler:
            model.train()
            loss = F.nll_loss(F.log_softmax(model(images[batch]), dim=1), labels[batch])
            loss.backward()
            optimizer.step()
            model.zero_grad()


def accuracy(model, images, labels):
    with torch.inference_mode():
        predicted = model.eval()(images).max(dim=1).indices
        return float(predicted.eq(labels).sum()) / labels.numel()


def table(build, seen, unseen, sizes, epochs, rate, seeds):
    images, labels = seen
    scores = torch.empty(len(seeds), 2, len(sizes), dtype=torch.float64)
    for (s, seed), (r, norm), (c, size) in itertools.product(
        enumerate(seeds), enumerate(["batch", "layer"]), enumerate(sizes)
    ):
        torch.manual_seed(seed)
        model = build(norm)
        generator = torch.Generator()
        generator.manual_seed(seed)
        train(model, images, labels, size, epochs, rate, generator)
        scores[s, r, c] = accuracy(model, images=unseen[0], labels=unseen[1])
    return scores.mean(dim=0)
