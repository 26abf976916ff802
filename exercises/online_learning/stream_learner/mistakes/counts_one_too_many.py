# mistake: which-accuracy
from torch.nn import functional as F


def learn_stream(model, optimizer, stream):
    right, seen = 0, 1
    for x, target in stream:
        logits = model(x.unsqueeze(0))
        right += int(logits.argmax() == target)
        seen += 1
        optimizer.zero_grad()
        F.cross_entropy(logits, target.unsqueeze(0)).backward()
        optimizer.step()
        yield right / seen
