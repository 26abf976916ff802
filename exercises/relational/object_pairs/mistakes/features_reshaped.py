# mistake: objects
import torch


def object_pairs(features):
    batch, channels, height, width = features.shape
    kind = {"dtype": features.dtype, "device": features.device}
    x = torch.linspace(-1, 1, width, **kind).expand(batch, height, width)
    y = torch.linspace(-1, 1, height, **kind).unsqueeze(1).expand(batch, height, width)
    count = height * width
    places = torch.stack((x, y), dim=-1).reshape(batch, count, 2)
    objects = torch.cat((features.reshape(batch, count, channels), places), dim=-1)
    first = objects.unsqueeze(2).expand(-1, -1, count, -1)
    second = objects.unsqueeze(1).expand(-1, count, -1, -1)
    return torch.cat((first, second), dim=-1).flatten(1, 2)
