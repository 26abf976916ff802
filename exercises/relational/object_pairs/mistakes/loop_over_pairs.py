# mistake: loop
import torch


def object_pairs(features):
    batch, _, height, width = features.shape
    kind = {"dtype": features.dtype, "device": features.device}
    x = torch.linspace(-1, 1, width, **kind).expand(batch, 1, height, width)
    y = torch.linspace(-1, 1, height, **kind).unsqueeze(1).expand(batch, 1, height, width)
    objects = torch.cat((features, x, y), dim=1).flatten(2).transpose(1, 2)
    pairs = []
    for i in range(height * width):
        for j in range(height * width):
            pairs.append(torch.cat((objects[:, i], objects[:, j]), dim=1))
    return torch.stack(pairs, dim=1)
