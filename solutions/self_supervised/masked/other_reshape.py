"""Patches by reshape and movedim, masks by topk, the loss as a weighted mean."""

import torch


def patchify(images, size):
    n, height, width = images.shape
    grid = images.reshape(n, height // size, size, width // size, size)
    return grid.movedim(2, 3).reshape(n, -1, size * size)


def random_mask(count, patches, hidden):
    chosen = torch.rand(count, patches).topk(hidden, dim=1).indices
    return torch.zeros(count, patches, dtype=torch.bool).scatter(1, chosen, True)


def masked_loss(predicted, patches, mask):
    each = (predicted - patches).pow(2).mean(dim=2)  # (N, P)
    return (each * mask).sum() / mask.sum()


def masked_step(model, optimizer, patches, mask):
    model.zero_grad()
    loss = masked_loss(model(patches * ~mask[..., None], mask), patches, mask)
    loss.backward()
    optimizer.step()
    return loss.detach()
