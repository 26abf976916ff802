# mistake: batch
import torch


def object_pairs(features):
    batch, channels, height, width = features.shape
    kind = {"dtype": features.dtype, "device": features.device}
    x = torch.linspace(-1, 1, width, **kind).expand(batch, 1, height, width)
    y = torch.linspace(-1, 1, height, **kind).unsqueeze(1).expand(batch, 1, height, width)
    objects = torch.cat((features, x, y), dim=1).flatten(2).transpose(1, 2)
    count = height * width
    flat = objects.reshape(batch * count, channels + 2)
    first = flat.repeat_interleave(count, dim=0)
    second = flat.repeat(count, 1)
    return torch.cat((first, second), dim=1).reshape(batch, count * count, -1)
