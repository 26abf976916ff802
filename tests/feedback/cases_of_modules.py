"""Losses, layers, modules."""

from __future__ import annotations

from feedback_case import case, line

CASES = (
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
)
