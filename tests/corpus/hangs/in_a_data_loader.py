# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 1.2
# grader: value
#
# Workers that wait for one another; they must go with the box.
import multiprocessing

from torch import nn
from torch.utils.data import DataLoader, Dataset

gate = multiprocessing.Event()


class Waiting(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        gate.wait(20)
        return index


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for _ in DataLoader(Waiting(), num_workers=2):
            pass
        return ((input - target) ** 2).mean()
