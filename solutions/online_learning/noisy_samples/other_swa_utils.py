"""With torch's own AveragedModel, whose first update copies."""

from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class SteadyLearner:
    def __init__(self, model, optimizer, max_norm, decay):
        self.parts = model, optimizer, max_norm
        self.averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))
        self.averaged.update_parameters(model)

    def step(self, x, target):
        model, optimizer, max_norm = self.parts
        model.zero_grad()
        F.cross_entropy(model(x[None]), target[None]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        self.averaged.update_parameters(model)
