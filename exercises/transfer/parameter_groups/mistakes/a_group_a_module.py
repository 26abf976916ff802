# mistake: once
def parameter_groups(model, stages, lr, factor):
    left = {name: p for name, p in model.named_parameters() if p.requires_grad}
    groups, depth = [], 0
    for names in reversed(stages):
        for stage in reversed(names):
            found = [name for name in left if f"{name}.".startswith(f"{stage}.")]
            if found:
                groups.append({"params": [left.pop(name) for name in found], "lr": lr * factor**depth})
            depth += 1
    if left:
        raise ValueError(f"in no stage: {', '.join(left)}")
    return groups[::-1]
