# mistake: target-shape
def one_sample_step(model, criterion, optimizer, x, target):
    optimizer.zero_grad()
    loss = criterion(model(x.unsqueeze(0)), target)
    loss.backward()
    optimizer.step()
    return loss.item()
