"""Learning rates that become smaller from the head to the input."""

from collections.abc import Sequence
from typing import Any

from torch import nn


def parameter_groups(
    model: nn.Module, stages: Sequence[Sequence[str]], lr: float, factor: float
) -> list[dict[str, Any]]:
    """Parameter groups for an optimiser: the last stage learns with lr, the others with factor times the next one's.

    stages: from the input to the head; each lists the names of its modules or parameters, as named_parameters() has
            them (a shared parameter at least under its first name): ["conv1", "bn1"], or ["encoder.layer3"], or
            ["cls_token"]. All of them exist, and none lies inside another
    lr:     learning rate of the last stage
    factor: between 0 and 1; a stage's rate is factor times that of the stage after it, frozen or not

    Returns one dict with "params" and "lr" for each stage, in the order of the stages. Every parameter with
    requires_grad is in exactly one of them, also where two stages share it (then in either, at that one's rate).
    Frozen parameters are left out, and so is a stage that has no others.
    Raises ValueError if a parameter with requires_grad is in none of the stages, and names it (of several, any one).
    """
    raise NotImplementedError
