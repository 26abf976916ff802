"""Patch by patch and row by row."""

import torch
from torch.nn import functional as F


def patchify(images, size):
    _, height, width = images.shape
    corners = [(top, left) for top in range(0, height, size) for left in range(0, width, size)]
    cut = [images[:, top : top + size, left : left + size].flatten(1) for top, left in corners]
    return torch.stack(cut, dim=1)


def random_mask(count, patches, hidden):
    mask = torch.zeros(count, patches, dtype=torch.bool)
    for row in mask:
        row[torch.randperm(patches)[:hidden]] = True
    return mask


def masked_loss(predicted, patches, mask):
    wide = mask[:, :, None].expand_as(patches)
    return F.mse_loss(predicted.masked_select(wide), patches.masked_select(wide))


def masked_step(model, optimizer, patches, mask):
    seen = patches.clone()
    seen[mask] = 0
    parameters = list(model.parameters())
    loss = masked_loss(model(seen, mask), patches, mask)
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return loss.detach()
