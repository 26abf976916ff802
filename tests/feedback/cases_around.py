"""Training, data, devices, values, Python itself."""

from __future__ import annotations

from feedback_case import case, line

CASES = (
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
