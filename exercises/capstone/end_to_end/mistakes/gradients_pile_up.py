# mistake: reach-the-bar
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F


def network(width: int) -> nn.Module:
    """(N, 1, 8, 8) -> logits (N, 10)."""
    return nn.Sequential(
        nn.Conv2d(1, width, 3, padding=1),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(width, 2 * width, 3, padding=1),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * width, 10),
    )


def prepared(images: torch.Tensor) -> torch.Tensor:
    """Pixels from 0 to 1, and a dimension for the channel: the same for training and for prediction."""
    return images.unsqueeze(1) / 16


def train(
    images: torch.Tensor,
    labels: torch.Tensor,
    path: Path,
    *,
    epochs: int,
    rate: float,
    size: int,
    width: int,
    held_out: float,
    seed: int,
) -> list[dict[str, float]]:
    """Train, validate and save, epoch by epoch; go on from the checkpoint at path, if there is one."""
    images = prepared(images)
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    count = int(held_out * len(labels))
    order = torch.randperm(len(labels), generator=generator)
    valid, seen = order[:count], order[count:]
    model = network(width).to(images.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    history: list[dict[str, float]] = []
    if path.exists():
        state = torch.load(path)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        generator.set_state(state["generator"])
        history = state["history"]
    while len(history) < epochs:
        model.train()
        total = 0.0
        for chosen in seen[torch.randperm(len(seen), generator=generator)].split(size):
            loss = F.cross_entropy(model(images[chosen]), labels[chosen])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(chosen)
        model.eval()
        with torch.no_grad():
            right = model(images[valid]).argmax(dim=1) == labels[valid]
        history.append({"train_loss": total / len(seen), "valid_accuracy": right.double().mean().item()})
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "generator": generator.get_state()}
        torch.save({**state, "history": history, "width": width}, path)
    return history


def predict(images: torch.Tensor, path: Path) -> torch.Tensor:
    """Class indices, from what the checkpoint at path holds."""
    state = torch.load(path)
    model = network(state["width"]).to(images.device).eval()
    model.load_state_dict(state["model"])
    with torch.no_grad():
        return model(prepared(images)).argmax(dim=1)


def report(target: torch.Tensor, predicted: torch.Tensor, classes: int) -> dict[str, float | torch.Tensor]:
    """Accuracy, confusion, precision and recall; 0 where nothing can be divided by."""
    confusion = torch.bincount(target * classes + predicted, minlength=classes**2).reshape(classes, classes)
    right = confusion.diagonal().double()
    return {
        "accuracy": (right.sum() / len(target)).item(),
        "confusion": confusion,
        "precision": right / confusion.sum(dim=0).clamp(min=1),
        "recall": right / confusion.sum(dim=1).clamp(min=1),
    }
