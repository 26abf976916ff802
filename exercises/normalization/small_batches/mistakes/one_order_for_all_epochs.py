# mistake: new-order
import torch
from torch.nn import functional as F


def train(model, images, labels, size, epochs, rate, generator):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate * size)
    model.train()
    order = torch.randperm(len(images), generator=generator)
    for _ in range(epochs):
        for batch in order.split(size):
            if len(batch) < size:
                break
            optimizer.zero_grad()
            F.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()


def accuracy(model, images, labels):
    model.eval()
    return (model(images).argmax(1) == labels).double().mean().item()


def table(build, seen, unseen, sizes, epochs, rate, seeds):
    means = torch.zeros(2, len(sizes))
    for row, norm in enumerate(("batch", "layer")):
        for column, size in enumerate(sizes):
            for seed in seeds:
                torch.manual_seed(seed)
                model = build(norm)
                generator = torch.Generator().manual_seed(seed)
                train(model, *seen, size, epochs, rate, generator)
                means[row, column] += accuracy(model, *unseen) / len(seeds)
    return means
