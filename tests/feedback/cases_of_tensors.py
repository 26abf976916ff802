"""Shapes, gradients, types of numbers."""

from __future__ import annotations

from feedback_case import case, line

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
    line("unused-in-graph", "loss = weight.sum()\ntorch.autograd.grad(loss, model.weight)", "`weight`: requires"),
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
)
