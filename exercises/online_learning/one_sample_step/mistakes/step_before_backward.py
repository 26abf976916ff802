# mistake: no-change
def one_sample_step(model, criterion, optimizer, x, target):
    optimizer.zero_grad()
    loss = criterion(model(x.unsqueeze(0)), target.unsqueeze(0))
    optimizer.step()
    loss.backward()
    return loss.item()
