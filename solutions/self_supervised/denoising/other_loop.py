"""Image by image, and noise written into a copy."""

import torch
from torch import nn


def corrupt(images, sigma):
    noise = torch.empty_like(images).normal_(0, sigma)
    return noise.add_(images)


def psnr(images, clean, peak):
    ratios = [(peak / (a - b).pow(2).mean().sqrt()).log10() for a, b in zip(images, clean, strict=True)]
    return 20 * torch.stack(ratios)


def denoising_step(model, optimizer, images, corrupt):
    model.zero_grad()
    loss = nn.MSELoss()(model(corrupt(images.clone())), images)
    loss.backward()
    optimizer.step()
    return loss
