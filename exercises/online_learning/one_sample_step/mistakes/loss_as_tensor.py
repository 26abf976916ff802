# mistake: float-loss
def one_sample_step(model, criterion, optimizer, x, target):
    optimizer.zero_grad()
    loss = criterion(model(x.unsqueeze(0)), target.unsqueeze(0))
    loss.backward()
    optimizer.step()
    return loss
