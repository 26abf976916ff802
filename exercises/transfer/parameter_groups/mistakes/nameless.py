# mistake: missing
def parameter_groups(model, stages, lr, factor):
    left = {name: p for name, p in model.named_parameters() if p.requires_grad}
    groups = []
    for depth, names in enumerate(reversed(stages)):
        found = [name for name in left if any(f"{name}.".startswith(f"{stage}.") for stage in names)]
        if found:
            groups.append({"params": [left.pop(name) for name in found], "lr": lr * factor**depth})
    if left:
        raise ValueError("some parameters are in no stage")
    return groups[::-1]
