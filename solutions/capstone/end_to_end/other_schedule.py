"""A module of its own, a schedule whose state is saved, and generators that are made anew for each epoch."""

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F


class Network(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = nn.Conv2d(1, width, 3, padding=1, bias=False)
        self.second = nn.Conv2d(width, 2 * width, 3, padding=1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(width), nn.BatchNorm2d(2 * width)])
        self.last = nn.Linear(32 * width, 10)

    def forward(self, images):
        x = F.max_pool2d(F.relu(self.norms[0](self.first(images[:, None]))), 2)
        x = F.relu(self.norms[1](self.second(x)))
        return self.last(x.flatten(1))


def made(seed, width, rate, steps):
    torch.manual_seed(seed)
    model = Network(width)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    return model, optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - 0.5 * step / steps)


def train(images, labels, path, *, epochs, rate, size, width, held_out, seed):
    n = len(labels)
    count = int(held_out * n)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    rest = order[count:]
    model, optimizer, scheduler = made(seed, width, rate, epochs * (len(rest) // size + 1))
    model.to(images.device)
    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
    history = []
    if Path(path).is_file():
        saved = torch.load(path)
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        history = saved["history"]
    for epoch in range(len(history), epochs):
        generator = torch.Generator().manual_seed(1000 * seed + epoch)
        losses = []
        model.train()
        for chosen in rest[torch.randperm(len(rest), generator=generator)].split(size):
            each = F.cross_entropy(model(images[chosen]), labels[chosen], reduction="none")
            optimizer.zero_grad()
            each.mean().backward()
            optimizer.step()
            scheduler.step()
            losses.append(each.detach())
        with torch.no_grad():
            model.eval()
            right = model(images[order[:count]]).argmax(1) == labels[order[:count]]
        history = [
            *history,
            {"train_loss": torch.cat(losses).mean().item(), "valid_accuracy": right.float().mean().item()},
        ]
        saved = {name: part.state_dict() for name, part in parts.items()}
        torch.save(saved | {"history": history, "width": width}, path)
    return history


def predict(images, path):
    saved = torch.load(path)
    model = Network(saved["width"]).train(mode=False)
    model.load_state_dict(saved["model"])
    with torch.no_grad():
        return model.to(images.device)(images).max(dim=1).indices


def report(target, predicted, classes):
    counts = torch.zeros(classes, classes, dtype=torch.int64)
    for t, p in zip(target.tolist(), predicted.tolist(), strict=True):
        counts[t, p] += 1
    columns, rows = counts.sum(0).tolist(), counts.sum(1).tolist()
    right = [counts[i, i].item() for i in range(classes)]
    return {
        "accuracy": sum(right) / sum(rows),
        "confusion": counts,
        "precision": torch.tensor([r / n if n else 0.0 for r, n in zip(right, columns, strict=True)]),
        "recall": torch.tensor([r / n if n else 0.0 for r, n in zip(right, rows, strict=True)]),
    }
