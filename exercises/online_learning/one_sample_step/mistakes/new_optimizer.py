# mistake: own-optimizer
import torch


def one_sample_step(model, criterion, optimizer, x, target):
    rate = optimizer.param_groups[0]["lr"]
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    optimizer.zero_grad()
    loss = criterion(model(x.unsqueeze(0)), target.unsqueeze(0))
    loss.backward()
    optimizer.step()
    return loss.item()
