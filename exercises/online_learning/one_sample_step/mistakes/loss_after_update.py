# mistake: which-loss
import torch


def one_sample_step(model, criterion, optimizer, x, target):
    batch, targets = x.unsqueeze(0), target.unsqueeze(0)
    optimizer.zero_grad()
    criterion(model(batch), targets).backward()
    optimizer.step()
    with torch.no_grad():
        return criterion(model(batch), targets).item()
