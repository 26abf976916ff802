"""Steps written out, accuracy in pieces, and the table made of lists."""

import torch


def batches(count, size, generator):
    order = torch.randperm(count, generator=generator).tolist()
    while len(order) >= size:
        yield order[:size]
        order = order[size:]


def train(model, images, labels, size, epochs, rate, generator):
    model.train()
    for _ in range(epochs):
        for chosen in batches(len(images), size, generator):
            log_prob = model(images[chosen]).log_softmax(1)
            loss = -log_prob[range(size), labels[chosen]].mean()
            parameters = list(model.parameters())
            with torch.no_grad():
                for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
                    parameter.sub_(rate * size * gradient)


@torch.no_grad()
def accuracy(model, images, labels):
    was = model.training
    model.eval()
    right = 0
    for part, answers in zip(images.split(50), labels.split(50), strict=True):
        right += int((model(part).argmax(1) == answers).sum())
    model.train(was)
    return right / len(images)


def table(build, seen, unseen, sizes, epochs, rate, seeds):
    rows = []
    for norm in ["batch", "layer"]:
        row = []
        for size in sizes:
            scores = []
            for seed in seeds:
                with torch.random.fork_rng(devices=[]):
                    torch.manual_seed(seed)
                    model = build(norm)
                train(model, seen[0], seen[1], size, epochs, rate, torch.Generator().manual_seed(seed))
                scores.append(accuracy(model, *unseen))
            row.append(sum(scores) / len(scores))
        rows.append(row)
    return torch.tensor(rows)
