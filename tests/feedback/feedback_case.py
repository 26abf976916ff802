"""A small submission that really raises an error of the catalogue, and what must be said of its tensors."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

HEAD = """
import copy
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset, random_split
"""


@dataclass(frozen=True)
class Case:
    """A submission whose ``go()`` raises (or whose import does), the entry that fits, and parts of what is said."""

    entry: str
    code: str
    says: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return HEAD + dedent(self.code)


def case(entry: str, code: str, *says: str) -> Case:
    return Case(entry, code, says)


def line(entry: str, code: str, *says: str) -> Case:
    """One statement, with the usual tensors around."""
    body = "\n".join(f"    {row}" for row in dedent(code).strip().splitlines())
    return Case(entry, f"def go():\n{USUAL}\n{body}\n", says)


USUAL = """
    x = torch.ones(3, 4)
    y = torch.ones(3, 5)
    w = torch.ones(5, 2)
    logits = torch.zeros(3, 5)
    ids = torch.tensor([0, 1, 2])
    weight = torch.ones(3, requires_grad=True)
    model = nn.Linear(4, 2)
"""
