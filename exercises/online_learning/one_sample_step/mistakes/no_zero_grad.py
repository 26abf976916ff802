# mistake: gradients-left
def one_sample_step(model, criterion, optimizer, x, target):
    loss = criterion(model(x.unsqueeze(0)), target.unsqueeze(0))
    loss.backward()
    optimizer.step()
    return loss.item()
