# mistake: begins
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class SteadyLearner:
    def __init__(self, model, optimizer, max_norm, decay):
        self.model = model
        self.optimizer = optimizer
        self.max_norm = max_norm
        self.averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))

    def step(self, x, target):
        self.optimizer.zero_grad()
        F.cross_entropy(self.model(x.unsqueeze(0)), target.unsqueeze(0)).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.max_norm)
        self.optimizer.step()
        self.averaged.update_parameters(self.model)
