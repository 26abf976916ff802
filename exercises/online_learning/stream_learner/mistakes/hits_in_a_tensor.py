# mistake: memory
import torch
from torch.nn import functional as F


def learn_stream(model, optimizer, stream):
    hits = torch.empty(0)
    for x, target in stream:
        logits = model(x.unsqueeze(0))
        hits = torch.cat((hits.to(x), (logits.argmax(1) == target).to(x)))
        optimizer.zero_grad()
        F.cross_entropy(logits, target.unsqueeze(0)).backward()
        optimizer.step()
        yield hits.mean().item()
