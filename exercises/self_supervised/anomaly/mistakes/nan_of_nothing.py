# mistake: empty
import torch
from torch import nn
from torch.nn import functional as F


def normal_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
    strange: int,
) -> torch.Tensor:
    """One step towards rebuilding the normal images of a batch."""
    normal = images[labels != strange]
    loss = F.mse_loss(model(normal), normal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def anomaly_scores(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """The mean squared reconstruction error of each image by itself."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        scores = (model(images) - images).square().mean(dim=1)
    model.train(was_training)
    return scores


def auroc(scores: torch.Tensor, strange: torch.Tensor) -> float:
    """How often a strange image scores higher than a normal one, over all pairs."""
    ahead = scores[strange].unsqueeze(1) - scores[~strange]  # (strange, normal)
    return (0.5 + 0.5 * ahead.sign()).mean().item()
