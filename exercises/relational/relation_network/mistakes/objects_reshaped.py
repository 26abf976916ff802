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
        features = self.cnn(images)
        objects = features.reshape(len(features), -1, features.shape[1])
        x = torch.linspace(-1, 1, objects.shape[1], dtype=objects.dtype, device=objects.device)
        places = torch.stack((x, x), dim=1).expand(len(objects), -1, -1)
        return self.relate(torch.cat((objects, places), dim=2), question)
