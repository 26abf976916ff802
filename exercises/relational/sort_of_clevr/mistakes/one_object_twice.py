# mistake: pairs
import torch
from torch import nn
from torch.nn import functional as F


class RelationNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(3, 24, 4, stride=4), nn.BatchNorm2d(24), nn.ReLU())
        self.g = nn.Sequential(nn.Linear(2 * (24 + 2) + 3, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.f = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 3))

    def forward(self, images: torch.Tensor, questions: torch.Tensor) -> torch.Tensor:
        features = self.cnn(images)  # (B, 24, 3, 3)
        batch, _, height, width = features.shape
        x = torch.linspace(-1, 1, width, device=images.device).expand(batch, 1, height, width)
        y = torch.linspace(-1, 1, height, device=images.device).unsqueeze(1).expand(batch, 1, height, width)
        objects = torch.cat((features, x, y), dim=1).flatten(2).transpose(1, 2)  # (B, N, 26)
        count = objects.shape[1]
        first = objects.unsqueeze(2).expand(-1, -1, count, -1)
        second = objects.unsqueeze(1).expand(-1, count, -1, -1)
        asked = questions[:, None, None].expand(-1, count, count, -1)
        relations = self.g(torch.cat((first, first, asked), dim=-1))  # (B, N, N, 64)
        return self.f(relations.sum(dim=(1, 2)))


def train_step(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    questions: torch.Tensor,
    answers: torch.Tensor,
) -> torch.Tensor:
    loss = F.cross_entropy(network(images, questions), answers)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()
