"""The sums of the test as a list since the last alarm, and the learner as a class."""

from torch.nn import functional as F


class DriftDetector:
    def __init__(self, delta=0.05, threshold=10.0):
        self.delta, self.threshold = delta, threshold
        self.total, self.sums = 0, [0.0]

    def update(self, wrong):
        self.total += wrong
        self.sums.append(self.sums[-1] + wrong - self.total / len(self.sums) - self.delta)
        if self.sums[-1] - min(self.sums) > self.threshold:
            self.total, self.sums = 0, [0.0]
            return True
        return False


class Learner:
    def __init__(self, make):
        self.make = make
        self.begin()

    def begin(self):
        self.model, self.optimizer = self.make()

    def predict(self, x):
        return int(self.model(x.unsqueeze(0)).detach().argmax(1))

    def learn(self, x, target):
        self.optimizer.zero_grad()
        F.cross_entropy(self.model(x.unsqueeze(0)), target.unsqueeze(0)).backward()
        self.optimizer.step()


def learn_drifting(make, detector, stream):
    learner = Learner(make)
    for x, target in stream:
        predicted = learner.predict(x)
        drift = detector.update(predicted != int(target))
        if drift:
            learner.begin()
        learner.learn(x, target)
        yield predicted, drift
