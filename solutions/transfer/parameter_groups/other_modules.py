"""The same by asking the model for its parts, with a set of what has been given out."""

import torch


def part_of(model, name):
    above, _, last = name.rpartition(".")
    return getattr(model.get_submodule(above), last)


def parameter_groups(model, stages, lr, factor):
    given, groups = set(), []
    for position, names in enumerate(stages):
        chosen = []
        for name in names:
            part = part_of(model, name)
            for parameter in [part] if isinstance(part, torch.Tensor) else part.parameters():
                if parameter.requires_grad and id(parameter) not in given:
                    given.add(id(parameter))
                    chosen.append(parameter)
        rate = lr * factor ** (len(stages) - 1 - position)
        groups.append({"params": chosen, "lr": rate, "name": "+".join(names)})
    missing = [name for name, p in model.named_parameters() if p.requires_grad and id(p) not in given]
    if missing:
        raise ValueError("no stage holds " + ", ".join(missing))
    return [group for group in groups if group["params"]]
