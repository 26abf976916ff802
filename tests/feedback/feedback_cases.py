"""For each entry of the catalogue, a small submission that really raises it, and what must be said of its tensors."""

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
    return Case(entry, f"{USUAL}\ndef go():\n{USUAL_NAMES}\n{body}\n", says)


USUAL = ""
USUAL_NAMES = """
    x = torch.ones(3, 4)
    y = torch.ones(3, 5)
    w = torch.ones(5, 2)
    logits = torch.zeros(3, 5)
    ids = torch.tensor([0, 1, 2])
    weight = torch.ones(3, requires_grad=True)
    model = nn.Linear(4, 2)
"""

CASES = (
    # Products
    line("matmul-shapes", "x @ w", "`x`: shape (3, 4)", "`w`: shape (5, 2)", "inner sizes 4 and 5"),
    case(
        "matmul-shapes",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(7, 2))

            def forward(self, x):
                return self.layers(x)

        def go():
            Net()(torch.ones(2, 3, 4))
        """,
        "`x`: shape (2, 3, 4)",
        "`self.layers[2].weight`: shape (2, 7)",
        "(6, 8) meets (7, 2)",
    ),
    line("matmul-shapes", "v = torch.ones(5)\nx @ v", "`x`: shape (3, 4)", "`v`: shape (5,)", "inner sizes 4 and 5"),
    line("dot-sizes", "a, b = torch.ones(3), torch.ones(4)\na @ b", "`a`: shape (3,)", "`b`: shape (4,)"),
    line(
        "bmm-batch",
        "a, b = torch.ones(2, 3, 4), torch.ones(5, 4, 3)\ntorch.bmm(a, b)",
        "`a`: shape (2, 3, 4)",
        "2 matr",
    ),
    line("bmm-batch", "a, b = torch.ones(2, 3, 4), torch.ones(2, 5, 3)\na @ b", "`b`: shape (2, 5, 3)", "4 and 5"),
    line("matmul-dimensions", "torch.mm(torch.ones(2, 3, 4), w)", "`w`: shape (5, 2)"),
    line("matmul-dimensions", "torch.bmm(x, y)", "`x`: shape (3, 4)"),
    line("matmul-dimensions", "torch.dot(x, x)", "`x`: shape (3, 4)"),
    # Broadcasting and reshaping
    line("broadcasting", "return x + y", "`x`: shape (3, 4)", "`y`: shape (3, 5)", "dimension 1", "4 and 5"),
    line("broadcasting", "a, b = torch.ones(2, 3, 4), torch.ones(3, 4, 5)\na @ b", "`a`: shape (2, 3, 4)"),
    line("broadcasting-numpy", "a, b = np.ones(3), np.ones(4)\na + b", "`a`: a NumPy array, shape (3,)", "(3,) (4,)"),
    line("expand", "y.expand(2, 5)", "`y`: shape (3, 5)", "(2, 5)"),
    line("expand", "x[0] = torch.ones(5)", "`x`: shape (3, 4)", "(5,) does not fit into (4,)"),
    line("expand", "x[ids[:2]] = torch.ones(2, 5)", "(2, 5) does not fit into (2, 4)"),
    line("inplace-shape", "ids += torch.ones(4, 3, dtype=torch.int64)", "`ids`: shape (3,)", "(4, 3)"),
    line("view-contiguous", "x.t().view(12)", "`x`: shape (3, 4)"),
    line("reshape-size", "x.reshape(5, 2)", "`x`: shape (3, 4)", "12 elements", "room for 10"),
    line("reshape-size", "x.view(5, -1)", "no multiple of 5"),
    line("reshape-infer", "x.reshape(-1, -1)", "`x`: shape (3, 4)"),
    line("reshape-infer", "empty = torch.ones(0)\nempty.reshape(-1, 0)", "`empty`: shape (0,)"),
    line("negative-size", "torch.zeros(3, -1)"),
    line("negative-size", "nn.Linear(-1, 2)"),
    line("ragged-list", "rows = [[1, 2], [3]]\ntorch.tensor(rows)", "`rows`: list, 2 items"),
    line("topk-range", "x.topk(9)", "`x`: shape (3, 4)"),
    line("reduce-nothing", "x[x > 1].max()", "`x`: shape (3, 4)"),
    line("reduce-nothing", "torch.ones(0, 2).argmax(dim=0)"),
    # Joining and indexing
    line("stack-sizes", "parts = [x, y]\ntorch.stack(parts)", "`parts[0]`: shape (3, 4)", "`parts[1]`: shape (3, 5)"),
    line("cat-sizes", "torch.cat([x, y])", "`x`: shape (3, 4)", "`y`: shape (3, 5)", "dimension 0", "size 5"),
    line("cat-dimensions", "torch.cat([x, ids])", "`ids`: shape (3,)", "2 and 1"),
    line("cat-dimensions", "a = torch.tensor(1.0)\ntorch.cat([a, a])", "`a`: shape ()"),
    line("join-nothing", "parts = []\ntorch.cat(parts)", "`parts`: list, 0 items"),
    line("join-nothing", "parts = []\ntorch.stack(parts)", "`parts`: list, 0 items"),
    line("dim-range", "x.sum(dim=2)", "`x`: shape (3, 4)", "Dimension 2 was asked for; here -2 to 1"),
    line("dim-range", "ids.transpose(0, 1)", "`ids`: shape (3,)"),
    line("permute-count", "x.permute(0, 2, 1)", "2 dimensions, and 3"),
    line("too-many-indices", "ids[0, 0]", "`ids`: shape (3,)"),
    line("too-many-indices", "a = np.ones(3)\na[0, 0]", "`a`: a NumPy array, shape (3,)"),
    line("index-of-scalar", "loss = x.sum()\nloss[0]", "`loss`: shape ()"),
    line("index-of-scalar", "loss = x.sum()\nlist(loss)", "`loss`: shape ()"),
    line("index-of-scalar", "loss = x.sum()\nlen(loss)", "`loss`: shape ()"),
    line(
        "mask-shape",
        "mask = torch.ones(4) > 0\nx[mask]",
        "mask has shape (4,), the tensor (3, 4)",
        "`mask`: shape (4,)",
    ),
    line("index-shapes", "x[ids, ids[:2]]", "[3], [2]", "`ids`: shape (3,)"),
    line("index-range", "x[3]", "Position 3", "dimension 0, which has size 3", "`x`: shape (3, 4)"),
    line("index-range", "a = np.ones(3)\na[3]", "`a`: a NumPy array, shape (3,)"),
    line("negative-step", "x[::-1]", "`x`: shape (3, 4)"),
    line("einsum-size", "torch.einsum('ij,jk->ik', x, w)", "letter j stood for 4", "`w`: shape (5, 2)"),
    line("einsum-letters", "torch.einsum('ijk->i', x)", "Operand 0 (from 0) has 2 dimensions and 3 letters"),
    line("einsum-equation", "torch.einsum('ij,jk->il', x, x.t())", "`x`: shape (3, 4)"),
    line("einsum-equation", "torch.einsum('ij,jk->ik', x)", "`x`: shape (3, 4)"),
    line("split-sizes", "x.split([1, 1])", "size 3; the pieces are [1, 1]"),
    # Gradients
    line(
        "backward-twice",
        "loss = (weight * weight).sum()\nloss.backward()\nloss.backward()",
        "`loss`: requires a gradient",
    ),
    line("no-gradient", "loss = x.sum()\nloss.backward()", "`loss`: shape (), does not require a gradient"),
    line(
        "no-gradient", "loss = weight.detach().sum()\ntorch.autograd.grad(loss, weight)", "`loss`: shape (), does not"
    ),
    line("backward-not-scalar", "losses = weight * 2\nlosses.backward()", "`losses`: shape (3,)"),
    line("backward-not-scalar", "torch.func.grad(lambda a: a * 2)(x)", "`x`: shape (3, 4)"),
    line("inplace-leaf", "weight += 1", "`weight`: requires a gradient"),
    line("inplace-leaf", "weight[0] = 1", "`weight`: requires a gradient"),
    line(
        "inplace-saved",
        "e = weight.exp()\ne += 1\ne.sum().backward()",
        "result of Exp, of shape (3,)",
        "`e`: shape (3,)",
    ),
    line("inplace-view", "with torch.no_grad():\n    v = weight[:2]\nv += 1", "`v`: shape (2,)"),
    line("inplace-view", "a, b, c = (weight * 1).unbind()\na += 1", "`a`: shape ()"),
    line("inference-tensor", "with torch.inference_mode():\n    a = torch.ones(3)\na += 1", "`a`: does not require"),
    line("inference-tensor", "with torch.inference_mode():\n    a = torch.ones(3)\nweight * a", "`weight`: requires"),
    line("unused-in-graph", "loss = weight.sum()\ntorch.autograd.grad(loss, model.weight)", "number 0"),
    line("requires-grad-of-result", "r = weight * 2\nr.requires_grad = False", "`r`: requires a gradient"),
    line("deepcopy-of-result", "r = weight * 2\ncopy.deepcopy(r)", "`r`: requires a gradient"),
    line("gradient-shape", "r = weight * 2\nr.backward(x)", "tensor has shape (3,), the gradient (3, 4)"),
    line("gradient-shape", "weight.grad = x", "`x`: shape (3, 4)"),
    line("gradient-dtype", "weight.grad = weight.detach().double()", "wants float32, the gradient is float64"),
    case(
        "function-gradient-count",
        """
        class Scale(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return 2 * x

            @staticmethod
            def backward(ctx, g):
                return 2 * g, None, 1

        def go():
            Scale.apply(torch.ones(3, requires_grad=True)).sum().backward()
        """,
        "Expected 1, returned 3",
    ),
    case(
        "function-gradient-shape",
        """
        class Scale(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return 2 * x

            @staticmethod
            def backward(ctx, g):
                return g[:2]

        def go():
            Scale.apply(torch.ones(3, requires_grad=True)).sum().backward()
        """,
        "argument 0 (from 0) of shape (3,) it returned (2,)",
    ),
    case(
        "function-form",
        """
        class Scale(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return 2 * x

        def go():
            Scale()(torch.ones(3))
        """,
    ),
    case(
        "function-form",
        """
        class Scale(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return 2 * x

        def go():
            Scale.apply(torch.ones(3, requires_grad=True)).sum().backward()
        """,
    ),
    line("hook-without-gradient", "x.register_hook(print)", "`x`: does not require a gradient"),
    line("hook-without-gradient", "x.retain_grad()", "`x`: does not require a gradient"),
    line("numpy-with-gradient", "weight.numpy()", "`weight`: requires a gradient"),
    line("item-in-vmap", "torch.func.vmap(lambda a: a.item())(ids)"),
    line("item-in-vmap", "torch.func.vmap(lambda a: a if a > 0 else -a)(ids)"),
    # Types of numbers
    line(
        "product-dtype", "a = torch.ones(4, 2).double()\nx @ a", "float32 meets float64", "`x`: float32", "`a`: float64"
    ),
    line("product-dtype", "inputs = x.double()\nmodel(inputs)", "`inputs`: float64", "`model.weight`: float32"),
    line("dtype-mismatch", "a, b = x[None], x.t().double()[None]\ntorch.bmm(a, b)", "`a`: float32", "`b`: float64"),
    line(
        "product-dtype", "F.scaled_dot_product_attention(x[None], x[None].double(), x[None])", "float32 meets float64"
    ),
    line("layer-dtype", "picture = torch.ones(1, 1, 5, 5).double()\nnn.Conv2d(1, 1, 3)(picture)", "`picture`: float64"),
    line("layer-dtype", "steps = torch.ones(5, 1, 4).double()\nnn.LSTM(4, 3)(steps)", "`steps`: float64"),
    line("layer-dtype", "inputs = x.double()\nnn.LayerNorm(4)(inputs)", "`inputs`: float64"),
    line("write-dtype", "x[ids] = x.double()", "tensor is float32, what is written is float64"),
    line("inplace-dtype", "ids /= 2", "`ids`: int64", "result is float32"),
    line("float-needed-mean", "ids.mean()", "`ids`: int64"),
    line("float-needed-mean", "ids.std()", "`ids`: int64"),
    line("float-needed-mean", "ids.norm()", "`ids`: int64"),
    line("float-needed-mean", "torch.multinomial(ids, 1)", "`ids`: int64"),
    line("float-needed", "ids.softmax(0)", "`ids`: int64"),
    line("float-needed", "torch.randn(3, dtype=torch.int64)"),
    line("bits-of-floats", "x > 0 & x < 1", "`x`: float32"),
    line("bits-of-floats", "~x", "`x`: float32"),
    line("dtype-not-supported", "z = torch.zeros(2, dtype=torch.complex64)\nz > 0", "`z`: complex64, on cpu"),
    line("bool-minus", "mask = x > 0\n1 - mask", "`mask`: bool"),
    line("bool-minus", "mask = x > 0\n-mask", "`mask`: bool"),
    line("integer-gradient", "ids.requires_grad_()", "`ids`: int64"),
    line("integer-gradient", "nn.Parameter(ids)", "`ids`: int64"),
    line("embedding-dtype", "nn.Embedding(5, 2)(x)", "`x`: shape (3, 4), float32"),
    line("one-hot-dtype", "F.one_hot(x)", "`x`: float32"),
    line("index-dtype", "i = torch.tensor([0.0])\nx[i]", "`i`: float32"),
    line("index-dtype", "x[1.0]", "`x`: float32"),
    line("index-dtype", "x.gather(0, y)", "`y`: float32"),
    line("mask-dtype", "x.masked_fill(x, 0)", "`x`: float32"),
    line("value-does-not-fit", "ids.masked_fill(ids > 1, float('-inf'))", "`ids`: int64"),
    line("no-tensor-of-that", "row = [1, None]\ntorch.tensor(row)", "`row`: list, 2 items"),
    line("no-tensor-of-that", "torch.tensor('a')"),
    line("no-tensor-of-that", "a = np.array([None])\ntorch.from_numpy(a)", "`a`: a NumPy array"),
    # Losses
    line("class-target-dtype", "t = torch.ones(3)\nF.cross_entropy(logits, t)", "`t`: shape (3,), float32"),
    line("class-target-dtype", "t = ids.int()\nF.cross_entropy(logits, t)", "`t`: shape (3,), int32"),
    line("class-out-of-range", "t = ids + 3\nF.cross_entropy(logits, t)", "`logits`: shape (3, 5)", "`t`: shape (3,)"),
    line("class-out-of-range", "t = ids - 1\nF.cross_entropy(logits, t)"),
    line("class-target-shape", "t = ids[:, None]\nF.cross_entropy(logits, t)", "`t`: shape (3, 1)"),
    line(
        "class-target-shape",
        "l, t = torch.ones(3, 5, 7), torch.ones(3, 8).long()\nF.cross_entropy(l, t)",
        "should have shape (3, 7), and has (3, 8)",
    ),
    line("one-hot-target", "t = F.one_hot(ids, 5)\nF.cross_entropy(logits, t)", "`t`: shape (3, 5), int64"),
    line("batch-sizes", "t = ids[:2]\nF.cross_entropy(logits, t)", "3 samples, the target 2", "`t`: shape (2,)"),
    line("class-weight", "v = torch.ones(4)\nF.cross_entropy(logits, ids, v)", "5 classes; the weight has shape (4,)"),
    line(
        "binary-target-size",
        "p, t = torch.ones(3, 1), torch.ones(3)\nF.binary_cross_entropy(p, t)",
        "`p`: shape (3, 1)",
    ),
    line(
        "binary-target-size",
        "z, t = torch.ones(3, 1), torch.ones(3)\nF.binary_cross_entropy_with_logits(z, t)",
        "input has shape (3, 1), the target (3,)",
    ),
    line("binary-target-dtype", "p, t = torch.ones(3), ids\nF.binary_cross_entropy(p, t)", "`t`: int64"),
    line("binary-target-dtype", "z, t = torch.ones(3), ids\nF.binary_cross_entropy_with_logits(z, t)", "`t`: int64"),
    line(
        "binary-range", "p, t = x * float('nan'), x\nF.binary_cross_entropy(p, t)", "`p`: shape (3, 4), not all values"
    ),
    line("loss-dtype", "t = ids.double()\nF.huber_loss(weight, t).backward()", "float32 meets float64"),
    line("dtype-mismatch", "F.cross_entropy(logits, ids, y[0].double())", "`logits`: float32"),
    line("one-hot-range", "F.one_hot(ids, 2)", "`ids`: shape (3,)"),
    line("one-hot-range", "F.one_hot(ids - 1)", "`ids`: shape (3,)"),
    # Layers
    line("one-value-per-channel", "row = x[:1]\nnn.BatchNorm1d(4)(row)", "`row`: shape (1, 4)"),
    line("one-value-per-channel", "p = torch.ones(3, 4, 1, 1)\nnn.InstanceNorm2d(4)(p)", "`p`: shape (3, 4, 1, 1)"),
    line("layer-dimensions", "nn.BatchNorm2d(4)(x)", "Wanted: 4D. What came: 2D", "`x`: shape (3, 4)"),
    line("layer-dimensions", "nn.Conv2d(1, 1, 3)(x)", "`x`: shape (3, 4)"),
    line("layer-dimensions", "p = torch.ones(1, 2, 3, 4)\nnn.LSTM(4, 3)(p)", "What came: 4D"),
    line(
        "conv-channels",
        "p = torch.ones(2, 1, 8, 8)\nnn.Conv2d(3, 8, 3)(p)",
        "Channels: 1; expected: 3",
        "`p`: shape (2, 1",
    ),
    line("conv-channels", "p = torch.ones(2, 1, 8, 8)\nnn.ConvTranspose2d(3, 8, 3)(p)", "Channels: 1; expected: 3"),
    line("norm-features", "nn.BatchNorm1d(5)(x)", "layer has 5 channels, its input 4", "`x`: shape (3, 4)"),
    line("norm-shape", "nn.LayerNorm(5)(x)", "normalized_shape is (5,), the input has shape (3, 4)"),
    line("groups-divide", "nn.GroupNorm(3, 4)"),
    line("groups-divide", "nn.Conv2d(3, 8, 3, groups=2)"),
    line("groups-divide", "F.group_norm(y, 2)", "`y`: shape (3, 5)"),
    line("kernel-too-large", "p = torch.ones(1, 1, 2, 2)\nnn.Conv2d(1, 1, 5)(p)", "`p`: shape (1, 1, 2, 2)"),
    line("kernel-too-large", "p = torch.ones(1, 1, 1, 1)\nF.max_pool2d(p, 2)", "`p`: shape (1, 1, 1, 1)"),
    line("rnn-input-size", "steps = torch.ones(5, 1, 6)\nnn.LSTM(4, 3)(steps)", "input_size is 4, the input has 6"),
    line("rnn-input-size", "nn.LSTMCell(5, 3)(x)", "input_size is 5, the input has 4", "`x`: shape (3, 4)"),
    line(
        "rnn-hidden-size",
        "steps, h = torch.ones(5, 2, 4), torch.ones(1, 3, 3)\nnn.GRU(4, 3)(steps, h)",
        "Expected (1, 2, 3), got (1, 3, 3)",
        "`h`: shape (1, 3, 3)",
    ),
    line(
        "rnn-hidden-size", "s, h = torch.ones(5, 2, 4), torch.ones(2, 3)\nnn.LSTM(4, 3)(s, (h, h))", "`h`: shape (2, 3)"
    ),
    line("heads-divide", "nn.MultiheadAttention(5, 2)"),
    line(
        "attention-size",
        "q = torch.ones(3, 1, 6)\nnn.MultiheadAttention(4, 2)(q, q, q)",
        "for 4; the last dimension is 6",
    ),
    line("attention-size", "s = torch.ones(3, 1, 6)\nnn.Transformer(4, 2, 1, 1, 8)(s, s)", "`s`: shape (3, 1, 6)"),
    line(
        "attention-mask-shape",
        "q, m = torch.ones(3, 1, 4), torch.zeros(2, 2)\nnn.MultiheadAttention(4, 2)(q, q, q, attn_mask=m)",
        "Expected (3, 3), got (2, 2)",
        "`m`: shape (2, 2)",
    ),
    line(
        "attention-mask-shape",
        "q, m = torch.ones(3, 1, 4), torch.zeros(3, 1) > 0\nnn.MultiheadAttention(4, 2)(q, q, q, key_padding_mask=m)",
        "`m`: shape (3, 1)",
    ),
    line(
        "attention-mask-dtype",
        "q, m = torch.ones(3, 1, 4), torch.zeros(3, 3).long()\nnn.MultiheadAttention(4, 2)(q, q, q, attn_mask=m)",
        "`m`: shape (3, 3), int64",
    ),
    line(
        "attention-mask-dtype",
        "q = x[None]\nF.scaled_dot_product_attention(q, q, q, attn_mask=ids)",
        "`ids`: shape (3,)",
    ),
    line("embedding-range", "nn.Embedding(2, 4)(ids)", "`ids`: shape (3,)"),
    line("dropout-range", "nn.Dropout(20)"),
    line("lazy-parameter", "nn.LazyLinear(2).weight + 1"),
    # Modules
    case(
        "super-init",
        """
        class Net(nn.Module):
            def __init__(self):
                self.linear = nn.Linear(2, 2)

        def go():
            Net()
        """,
    ),
    case(
        "super-init",
        """
        class Net(nn.Module):
            def __init__(self):
                self.weight = nn.Parameter(torch.ones(2))

        def go():
            Net()
        """,
    ),
    case(
        "super-init",
        """
        class Net(nn.Module):
            def __init__(self):
                self.size = 3

            def forward(self, x):
                return x

        def go():
            Net()(torch.ones(2))
        """,
    ),
    line("parameter-plain", "values = torch.ones(2, 4)\nmodel.weight = values", "`values`: shape (2, 4)"),
    line("parameter-plain", "values = torch.ones(2)\nmodel.register_parameter('b', values)", "`values`: shape (2,)"),
    line("module-plain", "net = nn.Sequential()\nnet.first = nn.ReLU()\nnet.first = 3"),
    line("not-a-module", "nn.Sequential(model, F.relu)"),
    line("not-a-module", "layers = [model]\nnn.Sequential(layers)", "`layers`: list, 1 items"),
    line("list-called", "nn.ModuleList([model])(x)"),
    line("list-called", "nn.ParameterList([weight])(x)"),
    case(
        "no-forward",
        """
        class Net(nn.Module):
            def foward(self, x):
                return x

        def go():
            Net()(torch.ones(2))
        """,
    ),
    case(
        "call-missing",
        """
        class Net(nn.Module):
            def forward(self, x, y):
                return x

        def go():
            Net()(torch.ones(2))
        """,
    ),
    line("call-missing", "nn.Linear(2)"),
    case(
        "call-too-many",
        """
        class Net(nn.Module):
            def forward(x):
                return x

        def go():
            Net()(torch.ones(2))
        """,
        "It has 1 places, and 2 came",
    ),
    line("call-unexpected", "nn.Linear(2, 2, biass=True)"),
    line("tuple-for-tensor", "out = nn.LSTM(4, 3)(x)\nnn.Linear(3, 1)(out)", "`out`: tuple, 2 items"),
    line("tuple-for-tensor", "out = nn.LSTM(4, 3)(x)\nout.mean()", "`out`: tuple, 2 items"),
    line("none-for-tensor", "h = None\nmodel(h)", "`h`: None"),
    line("argument-type", "torch.zeros(3, 2 / 2)"),
    line("argument-type", "a = np.ones(4)\nmodel(a)", "argument `input` of linear"),
    line("argument-type", "torch.stack([1.0, 2.0])"),
    line("argument-combination", "x.sum(axiss=1)"),
    line(
        "state-dict-sizes",
        "model.load_state_dict(nn.Linear(3, 2).state_dict())",
        "saved with shape (2, 3); here it has (2, 4)",
    ),
    line("state-dict-keys", "model.load_state_dict({})", 'Missing key(s) in state_dict: "weight", "bias"'),
    line("state-dict-keys", "model.load_state_dict({**model.state_dict(), 'extra': x})", "Unexpected key(s)"),
    line("state-dict-type", "model.load_state_dict(model)"),
    # Training
    line(
        "optimizer-empty",
        "net = nn.Module()\nnet.layers = [model]\ntorch.optim.SGD(net.parameters(), lr=0.1)",
        "`net`: Module",
    ),
    line("optimizer-argument", "torch.optim.SGD(model, lr=0.1)", "`model`: Linear"),
    line("optimizer-argument", "torch.optim.SGD(weight, lr=0.1)"),
    line("optimizer-argument", "torch.optim.SGD(['weight'], lr=0.1)"),
    line("optimizer-of-result", "start = weight * 2\ntorch.optim.SGD([start], lr=0.1)", "`start`: requires a gradient"),
    line("optimizer-setting", "torch.optim.SGD([weight], lr=-1)", "learning rate, given as -1"),
    line("optimizer-setting", "torch.optim.SGD([weight], lr=0.1, nesterov=True)"),
    line("optimizer-twice", "torch.optim.SGD([{'params': [weight]}, {'params': [weight]}], lr=0.1)"),
    line("optimizer-closure", "torch.optim.LBFGS([weight]).step()"),
    line(
        "optimizer-state",
        "torch.optim.SGD([weight], lr=0.1).load_state_dict(torch.optim.SGD(model.parameters(), lr=0.1).state_dict())",
    ),
    line("scheduler-optimizer", "torch.optim.lr_scheduler.StepLR(model, 1)", "`model`: Linear"),
    line("scheduler-metric", "torch.optim.lr_scheduler.ReduceLROnPlateau(torch.optim.SGD([weight], lr=0.1)).step()"),
    line(
        "scheduler-over",
        """
        optimizer = torch.optim.SGD([weight], lr=0.1)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=2)
        for _ in range(4):
            optimizer.step()
            schedule.step()
        """,
        "2 steps were planned",
    ),
    line("scheduler-resumed", "torch.optim.lr_scheduler.StepLR(torch.optim.SGD([weight], lr=0.1), 1, last_epoch=3)"),
    line("scaler-order", "torch.amp.GradScaler('cpu').step(torch.optim.SGD([weight], lr=0.1))"),
    # Data
    line("collate-sizes", "next(iter(DataLoader([ids, ids[:2]], batch_size=2)))", "sample has shape (3,), number 1"),
    line("collate-sizes", "next(iter(DataLoader([[1], [1, 2]], batch_size=2)))"),
    line("collate-type", "next(iter(DataLoader([None, None])))"),
    case(
        "worker-died",
        """
        import os

        class Leaves(Dataset):
            def __len__(self):
                return 2

            def __getitem__(self, index):
                os._exit(3)

        def go():
            next(iter(DataLoader(Leaves(), num_workers=1)))
        """,
    ),
    case(
        "embedding-range",  # raised in a worker, whose traceback the DataLoader quotes
        """
        class Looks(Dataset):
            table = nn.Embedding(3, 2)

            def __len__(self):
                return 2

            def __getitem__(self, index):
                return self.table(torch.tensor(index + 7))

        def go():
            next(iter(DataLoader(Looks(), num_workers=1)))
        """,
    ),
    line("not-picklable", "import pickle\npickle.dumps(lambda a: a)"),
    line("not-picklable", "import pickle, threading\npickle.dumps(threading.Lock())"),
    case(
        "dataset-methods",
        """
        class Numbers(Dataset):
            def __getitem__(self, index):
                return index

        def go():
            next(iter(DataLoader(Numbers())))
        """,
    ),
    case(
        "dataset-methods",
        """
        class Numbers(Dataset):
            def __len__(self):
                return 3

        def go():
            next(iter(DataLoader(Numbers())))
        """,
    ),
    line("loader-empty", "DataLoader([], shuffle=True)"),
    case(
        "loader-iterable",
        """
        class Stream(IterableDataset):
            def __iter__(self):
                yield 1

        def go():
            DataLoader(Stream(), shuffle=True)
        """,
    ),
    line("loader-indexed", "loader = DataLoader([1])\nloader[0]"),
    line("loader-indexed", "loader = DataLoader([1])\nnext(loader)"),
    line("tensors-of-one-length", "TensorDataset(w, x)", "`w`: shape (5, 2)", "`x`: shape (3, 4)"),
    line("random-split", "random_split([1, 2, 3], [1, 1])"),
    line("packed-lengths", "s = torch.ones(5, 2, 3)\nnn.utils.rnn.pack_padded_sequence(s, torch.tensor([3, 5]))"),
    line("packed-lengths", "s = torch.ones(5, 2, 3)\nnn.utils.rnn.pack_padded_sequence(s, torch.tensor([3, 0]))"),
    # Devices and processes
    line("two-devices", "there = torch.empty(3, 4, device='meta')\nx + there", "`there`: on meta", "`x`: on cpu"),
    line("two-devices", "nn.Linear(4, 2, device='meta')(x)", "`x`: on cpu"),
    line("device-name", "x.to('gpu')"),
    line("numpy-from-gpu", "there = torch.empty(3, device='meta')\nthere.numpy()", "`there`: on meta"),
    line("meta-data", "there = torch.empty(3, device='meta')\nthere.sum().item()", "`there`: on meta"),
    line("meta-data", "there = torch.empty(3, device='meta')\nthere.cpu()", "`there`: on meta"),
    line("host-memory", "torch.empty(2**50)"),
    line("process-group", "torch.distributed.get_rank()"),
    line("rendezvous", "torch.distributed.init_process_group('gloo')"),
    case(
        "nothing-to-reduce",
        """
        import tempfile
        from torch import distributed

        def go():
            with tempfile.NamedTemporaryFile() as file:
                distributed.init_process_group("gloo", init_method=f"file://{file.name}", rank=0, world_size=1)
                try:
                    nn.parallel.DistributedDataParallel(nn.ReLU())
                finally:
                    distributed.destroy_process_group()
        """,
    ),
    case(
        "unused-parameters",
        """
        import tempfile
        from torch import distributed

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.used, self.unused = nn.Linear(2, 2), nn.Linear(2, 2)

            def forward(self, x):
                return self.used(x)

        def go():
            with tempfile.NamedTemporaryFile() as file:
                distributed.init_process_group("gloo", init_method=f"file://{file.name}", rank=0, world_size=1)
                try:
                    net = nn.parallel.DistributedDataParallel(Net())
                    for _ in range(2):
                        net(torch.ones(3, 2)).sum().backward()
                finally:
                    distributed.destroy_process_group()
        """,
    ),
    # Values
    line("bool-of-many", "if x > 0:\n    pass", "`x`: shape (3, 4)"),
    line("one-number", "x.item()", "`x`: shape (3, 4)"),
    line("one-number", "float(x)", "`x`: shape (3, 4)"),
    line("one-number", "rows = [x, x]\ntorch.tensor(rows)", "`rows[0]`: shape (3, 4)"),
    line("probabilities", "p = torch.tensor([-1.0, 2.0])\ntorch.multinomial(p, 1)", "`p`: shape (2,)"),
    line("probabilities", "p = ids.float().log()\ntorch.multinomial(p, 1)", "`p`: shape (3,), not all values finite"),
    line("probabilities", "p = torch.zeros(2)\ntorch.multinomial(p, 1)", "`p`: shape (2,)"),
    line("probabilities", "torch.bernoulli(x * 5)", "`x`: shape (3, 4)"),
    line("sample-too-large", "p = torch.ones(2)\ntorch.multinomial(p, 5)", "`p`: shape (2,)"),
    line(
        "distribution-parameter",
        "torch.distributions.Normal(0.0, -1.0)",
        "`scale` of Normal",
        "GreaterThan(lower_bound=0.0)",
    ),
    line("distribution-parameter", "torch.normal(x, -x)", "`x`: shape (3, 4)"),
    line("not-positive-definite", "m = -torch.eye(3)\ntorch.linalg.cholesky(m)", "`m`: shape (3, 3)"),
    line("singular-matrix", "m = torch.zeros(3, 3)\ntorch.linalg.inv(m)", "`m`: shape (3, 3)"),
    line("singular-matrix", "m = torch.zeros(3, 3)\ntorch.linalg.solve(m, x)", "`m`: shape (3, 3)"),
    line("not-square", "torch.linalg.inv(x)", "3 rows and 4 columns", "`x`: shape (3, 4)"),
    line("no-convergence", "m = x * float('nan')\ntorch.linalg.svd(m)", "`m`: shape (3, 4), not all values finite"),
    case(
        "weights-only",
        """
        import io

        def go():
            file = io.BytesIO()
            torch.save(nn.Linear(2, 2), file)
            file.seek(0)
            torch.load(file)
        """,
    ),
    line("file-missing", "torch.load('missing.pt')"),
    # Python's own
    line("gradient-none", "weight.grad.zero_()", "`weight`: requires a gradient"),
    line("gradient-none", "x - 0.1 * weight.grad", "`weight`: requires a gradient"),
    line("none-attribute", "h = None\nh.mean()", "`h`: None"),
    line("none-used", "h = None\nx + h", "`h`: None"),
    line("none-used", "h = None\nh[0]", "`h`: None"),
    line("none-used", "h = None\na, b = h", "`h`: None"),
    case(
        "attribute-missing",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.linear = nn.Linear(2, 2)

            def forward(self, x):
                return self.linaer(x)

        def go():
            Net()(torch.ones(2))
        """,
        "There is `linear`",
        "`self`: Net",
    ),
    line("attribute-missing", "x.summ()", "There is `sum`"),
    line("attribute-missing", "torch.nn.functional.rellu(x)", "There is `relu"),
    line("name-unbound", "print(total)\ntotal = 1"),
    line("name-missing", "logit.sum()", "There is `logits`"),
    case("module-missing", "import tortch", "There is `torch`"),
    case("import-missing", "from torch.nn import Liner", "There is `Linear`"),
    line("zero-division", "1 / 0"),
    line("key-missing", "parts = {'loss': 1}\nparts['los']"),
    line("key-missing", "nn.ModuleDict()['first']"),
    case(
        "recursion",
        """
        class Net(nn.Module):
            def forward(self, x):
                return self(x)

        def go():
            Net()(torch.ones(2))
        """,
    ),
    line("list-range", "items = [1]\nitems[3]", "`items`: list, 1 items"),
    line("unpacking", "pair = (1, 2, 3)\na, b = pair", "`pair`: tuple, 3 items"),
    line("unpacking", "pair = (1, 2)\na, b, c = pair", "Names: 3; values: 2"),
    line("not-callable", "model.weight(x)"),
    line("not-a-sequence", "for i in 3:\n    pass"),
    line("not-a-sequence", "model[0]", "`model`: Linear"),
    line("operand-types", "1 + 'a'", "int and str"),
    line("operand-types", "np.ones((2, 3)) @ x", "numpy.ndarray and Tensor"),
    line("not-a-number", "int('a')"),
    line("unhashable", "{[]: 1}"),
    line("format-of-tensor", "f'{x:.2f}'", "`x`: shape (3, 4)"),
    # Files that are no Python
    case("tabs-and-spaces", "def go():\n        x = 1\n\tx = 2\n"),
    case("indentation", "x = 1\n  y = 2\n"),
    case("indentation", "def go():\nreturn 1\n"),
    case("indentation", "if True:\n    x = 1\n  y = 2\n"),
    case("bracket-open", "x = (1, 2\n"),
    case("bracket-open", "x = 1, 2)\n"),
    case("string-open", "x = 'abc\n"),
    case("colon-missing", "def go()\n    return 1\n"),
    case("outside-function", "return 1\n"),
    case("assign-or-compare", "x = 1\nif x = 1:\n    pass\n"),
    case("syntax", "x = 1 +\n"),
    case("syntax", "x = 3 4\n"),
)
