# mistake: missing
from torch import nn


def parameter_groups(model: nn.Module, stages, lr: float, factor: float):
    left = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    groups = []
    for depth, names in enumerate(reversed(stages)):
        found = [name for name in left if any(f"{name}.".startswith(f"{stage}.") for stage in names)]
        if found:
            groups.append({"params": [left.pop(name) for name in found], "lr": lr * factor**depth})
    return groups[::-1]
