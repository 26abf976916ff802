# mistake: names
from torch import nn


def parameter_groups(model: nn.Module, stages, lr: float, factor: float):
    left = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    groups = []
    for depth, names in enumerate(reversed(stages)):
        found = [name for name in left if any(name.startswith(stage) for stage in names)]
        if found:
            groups.append({"params": [left.pop(name) for name in found], "lr": lr * factor**depth})
    if left:
        raise ValueError(f"in no stage: {', '.join(left)}")
    return groups[::-1]
