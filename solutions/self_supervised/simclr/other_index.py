"""Row and column numbers that broadcast; both views in one batch."""

import torch
from torch.nn import functional as F


def random_shift(images, most):
    count, height, width = images.shape
    padded = F.pad(images, [most] * 4)
    top, left = torch.randint(2 * most + 1, (2, count, 1)).to(images.device)
    rows = top + torch.arange(height, device=images.device)  # (N, H)
    columns = left + torch.arange(width, device=images.device)  # (N, W)
    each = torch.arange(count, device=images.device)
    return padded[each[:, None, None], rows[:, :, None], columns[:, None, :]]


def simclr_step(encoder, head, optimizer, images, augment, criterion):
    optimizer.zero_grad()
    both = torch.cat([augment(images), augment(images)])
    loss = criterion(*head(encoder(both)).chunk(2))
    loss.backward()
    optimizer.step()
    return loss.detach()
