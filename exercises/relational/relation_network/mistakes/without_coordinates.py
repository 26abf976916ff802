# mistake: objects
import torch
from torch import nn


class RelationNetwork(nn.Module):
    def __init__(self, cnn, g, f):
        super().__init__()
        self.cnn = cnn
        self.g = g
        self.f = f

    def relate(self, objects, question):
        n = objects.shape[1]
        pairs = torch.cat(
            (
                objects.unsqueeze(2).expand(-1, -1, n, -1),
                objects.unsqueeze(1).expand(-1, n, -1, -1),
                question[:, None, None].expand(-1, n, n, -1),
            ),
            dim=-1,
        )
        return self.f(self.g(pairs).sum((1, 2)))

    def forward(self, images, question):
        objects = self.cnn(images).flatten(2).transpose(1, 2)
        objects = torch.cat((objects, torch.zeros_like(objects[:, :, :2])), dim=2)
        return self.relate(objects, question)
