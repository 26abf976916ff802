"""What is seen without running anything: lessons that give the answer away, what travels with probes, the network."""

from __future__ import annotations

import pytest

from tutor.authoring.lesson import given_away
from tutor.authoring.offline import network_wishes
from tutor.authoring.probes import what_travels

STUB = """
import torch
from torch import nn

class Loss(nn.Module):
    def __init__(self, weight=0.5):
        super().__init__()
        self.weight = weight

    def forward(self, input, target):
        raise NotImplementedError
"""
ANSWER = """
import torch
from torch import nn

class Loss(nn.Module):
    def __init__(self, weight=0.5):
        super().__init__()
        self.weight = weight

    def forward(self, input, target):
        error = (input - target).square().mean()
        rough = self.weight * input.diff(dim=-1).abs().mean()
        return error + rough
"""


@pytest.mark.parametrize(
    ("lesson", "line"),
    [
        ("Text.\n\n```python\nerror = (input - target).square().mean()\n```\n", 4),
        ("```python\ndef f(a, b):\n    return (a - b).square().mean()\n```\n", 3),
        ("~~~\nloss = 3 * (a - b).square().mean() + 1\n~~~\n", 2),
        ("Write this:\n\n    x = (p - q).square().mean()\n\nand go on.\n", 3),
        ("Just `(p - q).square().mean()` will do.\n", 1),
        ("```python\n# not Python: ...)\nreturn (a - b).square().mean()\n```\n", 3),
        ("```python\npart = self.weight * x.diff(dim=-1).abs().mean()\n```\n", 2),
    ],
)
def test_a_lesson_that_gives_the_answer_away(lesson: str, line: int) -> None:
    (found,) = given_away(lesson, ANSWER, STUB)
    assert found.line == line


@pytest.mark.parametrize(
    "lesson",
    [
        "",
        "    L = (1/n) · Σ (xᵢ − tᵢ)²\n",
        "The mean of `(x - t)²` is `.mean()`.\n",
        "```python\nclass Other(nn.Module):\n    def __init__(self, weight=0.1):\n        super().__init__()\n"
        "        self.weight = weight\n"
        "    def forward(self, a, b):\n        return (a.log() - b.log()).abs().mean()\n```\n",
        "```python\ntotal = a + b\n```\n",
        "```python\nloss = f(x)\nloss.backward()\n```\n",
    ],
)
def test_a_lesson_that_does_not(lesson: str) -> None:
    assert given_away(lesson, ANSWER, STUB) == []


def test_what_the_stub_shows_is_no_secret() -> None:
    lesson = "```python\nexp = logits.exp() / logits.exp().sum(dim=1, keepdim=True)\n```\n"
    answer = "def f(x):\n    p = x.exp() / x.exp().sum(dim=1, keepdim=True)\n    return -p.log().sum().mean()\n"
    assert given_away(lesson, answer, "def f(x):\n    raise NotImplementedError\n") != []
    assert given_away(lesson, answer, "def f(x):\n    return x.exp() / x.exp().sum(dim=1, keepdim=True)\n") == []


GRADER = """
import torch
from tutor.testing import curve, probe, expect_close

RATES = (0.1, 0.2)
LIMIT = 3 * 10


def helper(model, x):
    return scale(model(x))


def scale(x):
    return x * RATES[0]


@probe
def result(submission, x, limit=LIMIT):
    def inner(y):
        return helper(submission.f, y)
    return inner(x)


@probe
def nothing_else(submission, x):
    curve("x", x)
    return submission.f(x)


def expected(x):
    return torch.exp(x)


def test_it(tensors):
    expect_close(result(tensors(3)), expected(tensors(3)))
"""


def test_what_travels_is_found_through_helpers_defaults_and_inner_functions() -> None:
    travels = what_travels(GRADER, ["def f(x):\n    return torch.exp(x)\n"], "")
    assert travels.names == {"result": ("LIMIT", "RATES", "helper", "scale"), "nothing_else": ()}
    assert travels.flaws == ()


@pytest.mark.parametrize(
    ("more", "name", "kind"),
    [
        ("EXPECTED = torch.tensor([1.0])\n@probe\ndef p(s):\n    return EXPECTED\n", "EXPECTED", "computed"),
        ("EXPECTED = expected(3)\n@probe\ndef p(s, x=EXPECTED):\n    return x\n", "EXPECTED", "computed"),
        (
            "def make():\n    return torch.ones(2)\nTABLE = [make()]\n@probe\ndef p(s):\n    return TABLE\n",
            "TABLE",
            "computed",
        ),
        (f"TABLE = {list(range(40))}\n@probe\ndef p(s):\n    return TABLE\n", "TABLE", "numbers"),
        ("@probe\ndef p(s, a, b):\n    return ((a - b) ** 2).sum(dim=1).mean()\n", "p", "answer"),
        (
            "def truth(u, v):\n    w = ((u - v) ** 2).sum(dim=1)\n    return w.mean()\n"
            "@probe\ndef p(s, a):\n    return truth(a, a)\n",
            "truth",
            "answer",
        ),
        (
            "truth = lambda u, v: ((u - v) ** 2).sum(dim=1).mean()\n@probe\ndef p(s, a):\n    return truth(a, a)\n",
            "truth",
            "answer",
        ),
    ],
)
def test_what_must_not_travel(more: str, name: str, kind: str) -> None:
    answers = [
        "def f(x, y):\n    return ((x - y) ** 2).sum(dim=1).mean()\n",
        "def f(x, y):\n    z = ((x - y) ** 2).sum(dim=1)\n    return z.mean()\n",
    ]
    (flaw,) = what_travels(GRADER + "\n" + more, answers, "").flaws
    assert (flaw.name, flaw.kind) == (name, kind)


def test_the_same_code_may_stand_in_a_test() -> None:
    more = "def test_more():\n    assert ((1 - 2) ** 2).sum(dim=1).mean()\nTRUTH = torch.ones(3)\n"
    assert what_travels(GRADER + more, ["def f(x, y):\n    return ((x - y) ** 2).sum(dim=1).mean()\n"], "").flaws == ()


@pytest.mark.parametrize(
    "source",
    [
        "import requests\n",
        "import urllib.request\n",
        "from urllib import request\n",
        "from huggingface_hub import hf_hub_download\n",
        "from sklearn.datasets import fetch_openml\n",
        "x = datasets.fetch_california_housing()\n",
        "m = torch.hub.load('a', 'b')\n",
        "m = AutoModel.from_pretrained('bert')\n",
        "d = MNIST('.', download=True)\n",
        "m = resnet18(weights='DEFAULT')\n",
        "m = resnet18(pretrained=True)\n",
        "URL = 'https://example.org/data.csv'\n",
    ],
)
def test_what_wants_the_network(source: str) -> None:
    assert [wish.line for wish in network_wishes(source)] == [1]


def test_what_does_not_want_the_network() -> None:
    source = '''"""See https://example.org."""
import urllib.parse
# https://example.org
def f(weights, download=False):
    """From http://example.org."""
    fetch_batch(weights=None)
'''
    assert network_wishes(source) == []
