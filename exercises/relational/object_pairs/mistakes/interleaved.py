# mistake: pair-order
import torch


def object_pairs(features):
    batch, _, height, width = features.shape
    kind = {"dtype": features.dtype, "device": features.device}
    x = torch.linspace(-1, 1, width, **kind).expand(batch, 1, height, width)
    y = torch.linspace(-1, 1, height, **kind).unsqueeze(1).expand(batch, 1, height, width)
    objects = torch.cat((features, x, y), dim=1).flatten(2).transpose(1, 2)
    count = objects.shape[1]
    first = objects.unsqueeze(2).expand(-1, -1, count, -1)
    second = objects.unsqueeze(1).expand(-1, count, -1, -1)
    return torch.stack((first, second), dim=-1).flatten(3).flatten(1, 2)
