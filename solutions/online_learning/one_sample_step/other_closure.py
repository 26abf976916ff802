"""As a closure for the optimizer, with None for an index."""


def one_sample_step(model, criterion, optimizer, x, target):
    def closure():
        model.zero_grad(set_to_none=False)
        loss = criterion(model(x[None]), target[None])
        loss.backward()
        return loss

    return optimizer.step(closure).item()
