"""A Sequential whose stages fetch their inputs themselves."""

from torch import nn


class Staged(nn.Sequential):
    def __init__(self, stages, devices):
        super().__init__(*stages)
        for stage, device in zip(self, devices, strict=False):
            stage.to(device)
            stage.register_forward_pre_hook(lambda module, args, device=device: (args[0].to(device),))


def train_step(model, optimizer, criterion, x, target):
    prediction = model(x)
    loss = criterion(prediction, target.to(prediction.device))
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    return loss
