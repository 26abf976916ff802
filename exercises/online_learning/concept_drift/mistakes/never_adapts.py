# mistake: begin-anew
from torch.nn import functional as F


class DriftDetector:
    def __init__(self, delta=0.05, threshold=10.0):
        self.delta = delta
        self.threshold = threshold
        self.reset()

    def reset(self):
        self.count = 0
        self.errors = 0
        self.sum = 0.0
        self.lowest = 0.0

    def update(self, wrong):
        self.count += 1
        self.errors += wrong
        self.sum += wrong - self.errors / self.count - self.delta
        self.lowest = min(self.lowest, self.sum)
        alarm = self.sum - self.lowest > self.threshold
        if alarm:
            self.reset()
        return alarm


def learn_drifting(make, detector, stream):
    model, optimizer = make()
    for x, target in stream:
        predicted = int(model(x.unsqueeze(0)).argmax())
        alarm = detector.update(predicted != int(target))

        optimizer.zero_grad()
        F.cross_entropy(model(x.unsqueeze(0)), target.unsqueeze(0)).backward()
        optimizer.step()
        yield predicted, alarm
