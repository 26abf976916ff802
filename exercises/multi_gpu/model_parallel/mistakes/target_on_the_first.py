# mistake: target
from torch import nn


class Staged(nn.Module):
    def __init__(self, stages, devices):
        super().__init__()
        self.stages = nn.ModuleList(stage.to(device) for stage, device in zip(stages, devices, strict=True))
        self.devices = list(devices)

    def forward(self, x):
        for stage, device in zip(self.stages, self.devices, strict=True):
            x = stage(x.to(device))
        return x


def train_step(model, optimizer, criterion, x, target):
    optimizer.zero_grad()
    output = model(x)
    loss = criterion(output, target.to(next(model.parameters()).device))
    loss.backward()
    optimizer.step()
    return loss.detach()
