# mistake: batch-dimension
def one_sample_step(model, criterion, optimizer, x, target):
    optimizer.zero_grad()
    loss = criterion(model(x.unsqueeze(-1)), target.unsqueeze(-1))
    loss.backward()
    optimizer.step()
    return loss.item()
