# mistake: in-place
def one_sample_step(model, criterion, optimizer, x, target):
    x.unsqueeze_(0)
    target.unsqueeze_(0)
    optimizer.zero_grad()
    loss = criterion(model(x), target)
    loss.backward()
    optimizer.step()
    return loss.item()
