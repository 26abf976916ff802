# mistake: target-shape
def one_sample_step(model, criterion, optimizer, x, target):
    optimizer.zero_grad()
    output = model(x.unsqueeze(0)).squeeze(0)
    loss = criterion(output, target)
    loss.backward()
    optimizer.step()
    return loss.item()
