# mistake: memory
from torch.nn import functional as F


def learn_stream(model, optimizer, stream):
    right = 0
    losses = []
    for seen, (x, target) in enumerate(stream, start=1):
        logits = model(x.unsqueeze(0))
        right += int(logits.argmax() == target)
        optimizer.zero_grad()
        loss = F.cross_entropy(logits, target.unsqueeze(0))
        loss.backward(retain_graph=True)
        losses.append(loss)
        optimizer.step()
        yield right / seen
