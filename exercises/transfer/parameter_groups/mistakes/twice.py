# mistake: shared
def parameter_groups(model, stages, lr, factor):
    groups, given = [], set()
    for depth, names in enumerate(reversed(stages)):
        found = []
        for name, p in model.named_parameters(remove_duplicate=False):
            if p.requires_grad and any(f"{name}.".startswith(f"{stage}.") for stage in names):
                found.append(p)
                given.add(p)
        if found:
            groups.append({"params": found, "lr": lr * factor**depth})
    left = [name for name, p in model.named_parameters() if p.requires_grad and p not in given]
    if left:
        raise ValueError(f"in no stage: {', '.join(left)}")
    return groups[::-1]
