# mistake: copies
import random

import torch


class ReplayBuffer:
    def __init__(self, size=50):
        self.size, self.kept = size, []

    def __len__(self):
        return len(self.kept)

    @torch.no_grad()
    def query(self, images):
        result = images.detach()
        if self.size == 0:
            return result
        for i in range(len(images)):
            new = images[i].detach().clone()
            if len(self.kept) < self.size:
                self.kept.append(new)
                continue
            if random.random() > 0.5:
                continue
            k = random.randrange(self.size)
            result[i] = self.kept[k]
            self.kept[k] = new
        return result
