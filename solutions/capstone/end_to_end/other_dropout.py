"""With dropout: torch's own generators are saved as well. Standardised with the training part."""

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F


def network(width: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, width, 3, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(width, 2 * width, 3, padding=1, bias=False),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.1),
        nn.Linear(32 * width, 10),
    )


def generators() -> list[torch.Tensor]:
    return (
        [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]
        if torch.cuda.is_available()
        else [torch.get_rng_state()]
    )


def train(
    images: torch.Tensor, labels: torch.Tensor, path: Path, *, epochs, rate, size, width, held_out, seed
) -> list[dict[str, float]]:
    torch.manual_seed(seed)
    valid = torch.zeros(len(labels), dtype=torch.bool, device=labels.device)
    valid[torch.randperm(len(labels))[: int(held_out * len(labels))]] = True
    mean, deviation = images[~valid].mean(), images[~valid].std()
    images = (images.unsqueeze(1) - mean) / deviation
    (x, y), (x_valid, y_valid) = ((images[part], labels[part]) for part in (~valid, valid))
    model = network(width).to(images.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    history = []
    if path.exists():
        state = torch.load(path)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        history = state["history"]
        torch.set_rng_state(state["generators"][0])
        if torch.cuda.is_available():
            torch.cuda.set_rng_state_all(state["generators"][1:])
    while len(history) < epochs:
        model.train()
        total = 0.0
        for chosen in torch.randperm(len(y)).split(size):
            loss = F.cross_entropy(model(x[chosen]), y[chosen])
            model.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(chosen) / len(y)
        model.eval()
        with torch.inference_mode():
            accuracy = (model(x_valid).argmax(1) == y_valid).float().mean().item()
        history.append({"train_loss": total, "valid_accuracy": accuracy})
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "generators": generators()}
        state |= {"history": history, "width": width, "mean": mean, "deviation": deviation}
        torch.save(state, path)
    return history


def predict(images: torch.Tensor, path: Path) -> torch.Tensor:
    state = torch.load(path)
    model = network(state["width"]).to(images.device).eval()
    model.load_state_dict(state["model"])
    with torch.inference_mode():
        return model((images.unsqueeze(1) - state["mean"]) / state["deviation"]).argmax(1).clone()


def report(target: torch.Tensor, predicted: torch.Tensor, classes: int) -> dict[str, float | torch.Tensor]:
    t, p = (F.one_hot(x, classes).double() for x in (target, predicted))
    confusion = t.T @ p
    right = confusion.diagonal()
    return {
        "accuracy": (target == predicted).double().mean().item(),
        "confusion": confusion.long(),
        "precision": (right / p.sum(0)).nan_to_num(0.0),
        "recall": (right / t.sum(0)).nan_to_num(0.0),
    }
