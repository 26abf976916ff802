"""In a fresh box nothing is left to import at a common first call: each would cost the learner up to seconds."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from corpus_help import request
from engine_help import report_of

from tutor.grading import Engine, GradeRequest

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLS = {
    "optimizers": "for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW): step(kind)",
    "schedulers": "torch.optim.lr_scheduler.CosineAnnealingLR(torch.optim.SGD(layer.parameters(), lr=0.1), 5).step()",
    "assert_close": "torch.testing.assert_close(x, x.clone())",
    "gradcheck": "torch.autograd.gradcheck(lambda y: (y * y).sum(), (x.double().requires_grad_(),))",
    "checkpoint": "checkpoint(layer, x.requires_grad_(), use_reentrant=False).sum().backward()",
    "data loader": "list(DataLoader(TensorDataset(x, x), batch_size=2, shuffle=True))",
    "data loader with workers": "list(DataLoader(TensorDataset(x, x), batch_size=2, num_workers=1))",
    "convolutions": "torch.nn.Conv2d(1, 2, 3)(torch.zeros(1, 1, 8, 8)).sum().backward()",
    "transformers": "torch.nn.TransformerEncoderLayer(4, 2, 8)(torch.zeros(1, 3, 4)).sum().backward()",
    "recurrent": "torch.nn.LSTM(3, 4)(x[None])[0].sum().backward()",
    "norms and dropout": "torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Dropout())(x).sum()",
    "losses": "torch.nn.functional.cross_entropy(layer(x), torch.zeros(4, dtype=torch.int64)).backward()",
    "einsum and linalg": "torch.linalg.svd(torch.einsum('ij,kj->ik', x, x))",
    "func": "torch.func.vmap(torch.func.grad(lambda y: (y * y).sum()))(x)",
    "distributions": "torch.distributions.Normal(0.0, 1.0).sample()",
    "saving": "buffer = io.BytesIO(); torch.save(layer.state_dict(), buffer); buffer.seek(0); torch.load(buffer)",
    "printing": "repr(x), repr(layer)",
    "parametrizations": "torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(3, 3))(x)",
    "clipping and averaging": "torch.nn.utils.clip_grad_norm_(layer.parameters(), 1.0); AveragedModel(layer)(x)",
    "random split": "torch.utils.data.random_split(range(10), [5, 5])",
    "numpy": "numpy.asarray(x), numpy.random.default_rng(0).normal(size=3), torch.from_numpy(numpy.zeros(3))",
    "amp": "exec('with torch.autocast(\"cpu\"): layer(x)')",
    "hooks": "layer.register_forward_hook(lambda *a: None); layer(x)",
    "copying": "copy.deepcopy(layer)",
    "distributed": "torch.nn.parallel.DistributedDataParallel, torch.distributed.is_available()",
    "dataclasses and typing": "dataclasses.make_dataclass('A', ['x'])(1)",
}
"""What submissions do first, by name."""
NEEDED = {
    "sklearn": (
        "import sklearn.datasets, sklearn.metrics, sklearn.model_selection, sklearn.linear_model; "
        "sklearn.datasets.load_digits(); sklearn.datasets.load_diabetes(); sklearn.metrics.accuracy_score([0], [0]); "
        "sklearn.model_selection.train_test_split(list(range(9))); "
        "sklearn.linear_model.LogisticRegression().fit([[0.0], [1.0]], [0, 1])"
    ),
    "torch_geometric": (
        "from torch_geometric.nn import GCNConv, GATConv, global_mean_pool; from torch_geometric.data import Data; "
        "from torch_geometric.loader import DataLoader as Loader; "
        "data = Data(x=x, edge_index=torch.tensor([[0, 1], [1, 0]])); "
        "graphs = next(iter(Loader([data, data], batch_size=2))); "
        "GCNConv(3, 2)(graphs.x, graphs.edge_index).sum().backward(); GATConv(3, 2)(graphs.x, graphs.edge_index)"
    ),
    "transformers": (
        "from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel; "
        "sizes = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8); "
        "BertModel(BertConfig(vocab_size=9, **sizes))(torch.zeros(1, 3, dtype=torch.int64)); "
        "GPT2LMHeadModel(GPT2Config(vocab_size=9, n_embd=8, n_layer=1, n_head=2))(torch.zeros(1, 3, dtype=torch.int64))"
    ),
}
GRADER = """
from tutor.testing import expect, probe

@probe
def imported(submission, code):
    import sys
    import copy, dataclasses, io, numpy, torch
    from torch.optim.swa_utils import AveragedModel
    from torch.utils.checkpoint import checkpoint
    from torch.utils.data import DataLoader, TensorDataset
    layer, x = torch.nn.Linear(3, 2), torch.zeros(4, 3)

    def step(kind):
        optimizer = kind(layer.parameters(), lr=0.1)
        layer(x).sum().backward()
        optimizer.step()
        optimizer.zero_grad()

    before = set(sys.modules)
    exec(code, {**globals(), **locals()})
    return sorted(set(sys.modules) - before)

"""


def grader(folder: Path, calls: dict[str, str], imports: str = "") -> GradeRequest:
    file = folder / "test_warm.py"
    tests = [
        f"def test_{number}():\n    new = imported({imports + code!r})\n"
        f"    expect(not new, en='{name}: {{new}}', ja='{name}', new=new)\n"
        for number, (name, code) in enumerate(calls.items())
    ]
    file.write_text(GRADER + "\n".join(tests), encoding="utf-8")
    names = tuple(f"test_{number}" for number in range(len(calls)))
    return msgspec.structs.replace(request(b"x = 1\n"), grader=str(file), requirements=names)


async def test_nothing_is_left_to_import(engine: Engine, tmp_path: Path) -> None:
    report = await report_of(engine, grader(tmp_path, CALLS))
    assert [row.message for row in report.requirements if row.verdict != "passed"] == []
    assert report.passed


@pytest.mark.parametrize("name", NEEDED)
async def test_nothing_is_left_to_import_of_what_an_exercise_needs(engine: Engine, tmp_path: Path, name: str) -> None:
    wanted = grader(tmp_path, {name: NEEDED[name]}, f"import {name}\n")
    report = await report_of(engine, msgspec.structs.replace(wanted, needs=(name,)))
    assert [row.message for row in report.requirements if row.verdict != "passed"] == []
    assert report.passed
