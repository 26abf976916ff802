"""Both written out: the norm over all gradients, and the average through state_dict."""

import copy

import torch


class SteadyLearner:
    def __init__(self, model, optimizer, max_norm, decay):
        self.model, self.optimizer = model, optimizer
        self.max_norm, self.decay = max_norm, decay
        self.averaged = copy.deepcopy(model).eval().requires_grad_(False)

    def step(self, x, target):
        parameters = list(self.model.parameters())
        log_p = self.model(x.reshape(1, -1)).log_softmax(1)
        gradients = torch.autograd.grad(-log_p[0, target], parameters)
        norm = torch.cat([g.flatten() for g in gradients]).norm()
        scale = self.max_norm / norm if norm > self.max_norm else torch.ones_like(norm)
        for p, g in zip(parameters, gradients, strict=True):
            p.grad = g * scale
        self.optimizer.step()
        old, new = self.averaged.state_dict(), self.model.state_dict()
        self.averaged.load_state_dict({k: self.decay * old[k] + (1 - self.decay) * new[k] for k in old})
