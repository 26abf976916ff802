# mistake: endless
from torch.nn import functional as F


def learn_stream(model, optimizer, stream):
    stream = iter(stream)
    right = seen = 0
    sample = next(stream, None)
    while sample is not None:
        x, target = sample
        seen += 1
        logits = model(x.unsqueeze(0))
        right += int(logits.argmax() == target)
        optimizer.zero_grad()
        F.cross_entropy(logits, target.unsqueeze(0)).backward()
        optimizer.step()
        sample = next(stream, None)
        yield right / seen
