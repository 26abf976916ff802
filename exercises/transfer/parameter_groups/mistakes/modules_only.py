# mistake: names
def parameter_groups(model, stages, lr, factor):
    groups, given = [], set()
    for depth, names in enumerate(reversed(stages)):
        found = []
        for name in names:
            module = model.get_submodule(name)
            found += [p for p in module.parameters() if p.requires_grad and p not in given]
        given.update(found)
        if found:
            groups.append({"params": found, "lr": lr * factor**depth})
    left = [name for name, p in model.named_parameters() if p.requires_grad and p not in given]
    if left:
        raise ValueError(f"in no stage: {', '.join(left)}")
    return groups[::-1]
