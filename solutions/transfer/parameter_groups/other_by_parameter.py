"""Parameter by parameter: the stage of each name is looked up from the longest beginning to the shortest."""


def stage_of(name, position):
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        beginning = ".".join(parts[:length])
        if beginning in position:
            return position[beginning]
    raise ValueError(f"{name} belongs to no stage")


def parameter_groups(model, stages, lr, factor):
    position = {name: n for n, names in enumerate(stages) for name in names}
    rates = [lr]
    for _ in stages[1:]:
        rates.insert(0, rates[0] * factor)
    members = [[] for _ in stages]
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            members[stage_of(name, position)].append(parameter)
    return [{"lr": rate, "params": some} for rate, some in zip(rates, members, strict=True) if some]
