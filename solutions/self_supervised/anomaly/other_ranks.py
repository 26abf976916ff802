"""AUROC from ranks, weights in place of a selection, inference mode."""

import torch


def normal_step(model, optimizer, images, labels, strange):
    weight = (labels != strange).to(images.dtype)
    if weight.sum() == 0:
        return torch.zeros_like(weight.sum())
    error = (model(images) - images).pow(2).mean(1)
    loss = weight @ error / weight.sum()
    parameters = list(model.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return loss.detach()


@torch.inference_mode()
def anomaly_scores(model, images):
    mode = model.training
    try:
        return torch.linalg.vector_norm(model.eval()(images) - images, dim=1) ** 2 / images.shape[1]
    finally:
        model.train(mode)


def auroc(scores, strange):
    ordered = scores.sort().values
    low = torch.searchsorted(ordered, scores)
    high = torch.searchsorted(ordered, scores, right=True)
    ranks = (low + 1 + high).double() / 2  # the mean rank among equal ones
    many, few = int((~strange).sum()), int(strange.sum())
    return float((ranks[strange].sum() - few * (few + 1) / 2) / (few * many))
