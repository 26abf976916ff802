import tempfile
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import curve, describe, expect, expect_close, expect_shape, fail, probe, ranks

CLOSE = {"rtol": 1e-6, "atol": 1e-9}
RANKS = 2
ROWS = 181  # odd: the ranks cannot share them out evenly
SHARE = 91
EPOCHS = 3
BATCH = 16
RATE = 0.3


def network():
    return nn.Sequential(nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 10)).double()


class Watched(torch.utils.data.Dataset):
    """A data set that notes which rows were asked for."""

    def __init__(self, x, target):
        self.x, self.target, self.seen = x, target, []

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        self.seen.append(int(index))
        return self.x[index], self.target[index]


def criterion_of(rank, noted):
    """The criterion that a rank receives; ``noted`` receives (rows, loss). One rank shows its losses."""

    def criterion(output, target):
        loss = F.cross_entropy(output, target)
        noted.append((len(target), loss.detach()))
        if rank == 0:
            curve("loss", loss)
        return loss

    return criterion


def working(rank, world_size, submission, starts, x, target, folder, device):
    """The learner's worker in one process; what can be seen of it afterwards."""
    own = Path(folder) / str(rank)
    own.mkdir()
    model = network().to(device)
    model.load_state_dict(starts[rank])
    dataset, noted = Watched(x.cpu(), target.cpu()), []
    gpu_each = device.type == "cuda" and torch.cuda.device_count() >= world_size
    path = own / "model.pt"
    backend = "nccl" if gpu_each else "gloo"
    submission.worker(model, dataset, criterion_of(rank, noted), EPOCHS, BATCH, RATE, str(path), backend, device)
    saved = None
    if path.exists():
        try:
            saved = torch.load(path, map_location="cpu", weights_only=True)
        except Exception:
            saved = "no state_dict"
    return {
        "seen": dataset.seen,
        "rows": [rows for rows, _loss in noted],
        "losses": [loss for _rows, loss in noted],
        "parameters": {name: parameter.detach() for name, parameter in model.named_parameters()},
        "group": dist.is_initialized(),
        "files": len(list(own.iterdir())),
        "saved": dict(saved) if isinstance(saved, dict) else saved,
    }


@probe
def work(submission, starts, x, target, device):
    # Each rank has a folder to itself, so that it shows who has written.
    with tempfile.TemporaryDirectory() as folder:
        return ranks(RANKS, working, submission, starts, x, target, folder, device=device, group=False)


@pytest.fixture(scope="module")
def run(module_tensors):
    """Data, starts, and what came of each rank, rank 0 first."""
    features, labels = load_digits(return_X_y=True)
    chosen = torch.randperm(
        len(labels), generator=torch.Generator().manual_seed(int(module_tensors.integers(2**31, 1)))
    )[:ROWS]
    x, target = torch.tensor(features / 16)[chosen], torch.tensor(labels)[chosen]
    starts = [
        {
            name: 0.2 * module_tensors(*value.shape, dtype=torch.float64)
            for name, value in network().state_dict().items()
        }
        for _rank in range(RANKS)
    ]
    return x, target, starts, work(starts, x, target)


def epochs_of(result):
    """The rows that a rank has seen in each epoch, in their order; as if all epochs were of one length."""
    seen = result["seen"]
    expect(
        len(seen) == EPOCHS * SHARE,
        en="With {rows} rows and {ranks} ranks each rank should see {share} rows an epoch, {all} in {epochs} epochs, "
        "but one saw {came} in all.",
        ja="{rows} 行を {ranks} ランクで分けると、各ランクが見るのは 1 エポックに {share} 行、"
        "{epochs} エポックで {all} 行のはずですが、{came} 行を見たランクがあります。",
        rows=ROWS,
        ranks=RANKS,
        share=SHARE,
        all=EPOCHS * SHARE,
        epochs=EPOCHS,
        came=len(seen),
    )
    return [seen[epoch * SHARE : (epoch + 1) * SHARE] for epoch in range(EPOCHS)]


def test_shards(run):
    first, second = (epochs_of(result) for result in run[-1])
    for epoch in range(EPOCHS):
        missing = set(range(ROWS)) - set(first[epoch]) - set(second[epoch])
        expect(
            not missing,
            en="In epoch {epoch}, {count} of {rows} rows were seen by no rank.",
            ja="エポック {epoch} で、{rows} 行のうち {count} 行がどのランクにも使われませんでした。",
            epoch=epoch,
            count=len(missing),
            rows=ROWS,
        )
        # 181 rows, 2 * 91 places: one row may come twice.
        twice = len(first[epoch]) + len(second[epoch]) - ROWS
        shared = len(set(first[epoch]) & set(second[epoch]))
        expect(
            shared <= twice,
            en="In epoch {epoch}, {count} rows were seen by both ranks; only the {twice} that fills up may be.",
            ja="エポック {epoch} で、{count} 行が両方のランクに使われました。"
            "許されるのは、数をそろえるための {twice} 行だけです。",
            epoch=epoch,
            count=shared,
            twice=twice,
        )


def test_set_epoch(run):
    for rank, result in enumerate(run[-1]):
        orders = epochs_of(result)
        for epoch in range(1, EPOCHS):
            expect(
                orders[epoch] != orders[epoch - 1],
                en="Rank {rank} saw the same rows in the same order in epochs {before} and {epoch}.",
                ja="ランク {rank} は、エポック {before} と {epoch} で同じ行を同じ順に見ました。",
                rank=rank,
                before=epoch - 1,
                epoch=epoch,
            )


def test_batches(run):
    for rank, result in enumerate(run[-1]):
        came = result["rows"][: -(-SHARE // BATCH)]
        wanted = [BATCH] * (SHARE // BATCH) + [SHARE % BATCH]
        expect(
            result["rows"] == wanted * EPOCHS,
            en="With batch_size {size} the batches of rank {rank} should have {wanted} rows in each epoch; they began "
            "with {came}.",
            ja="batch_size が {size} なら、ランク {rank} のバッチの行数は毎エポック {wanted} のはずですが、"
            "最初のほうは {came} でした。",
            size=BATCH,
            rank=rank,
            wanted=", ".join(map(str, wanted)),
            came=", ".join(map(str, came)),
        )


def test_identical(run):
    first, second = (result["parameters"] for result in run[-1])
    for name in first:
        expect_close(second[name], first[name], what=f"rank 1: {name}", rtol=0, atol=0)


def one_process(run):
    """The losses of both ranks' batches before each step, and the parameters in the end, of a single process."""
    x, target, starts, results = run
    orders = [epochs_of(result) for result in results]
    model = network()
    model.load_state_dict(starts[0])
    losses = []
    for epoch in range(EPOCHS):
        for start in range(0, SHARE, BATCH):
            batches = [order[epoch][start : start + BATCH] for order in orders]
            losses.append([F.cross_entropy(model(x[rows]), target[rows]).detach() for rows in batches])
            together = [row for batch in batches for row in batch]
            loss = F.cross_entropy(model(x[together]), target[together])
            gradients = torch.autograd.grad(loss, list(model.parameters()))
            for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                parameter.data -= RATE * gradient
    return losses, {name: parameter.detach() for name, parameter in model.named_parameters()}


def test_first_step(run):
    losses, _parameters = one_process(run)
    for rank, result in enumerate(run[-1]):
        # The second loss is that after one step.
        for step, (came, expected) in enumerate(zip(result["losses"][:2], losses, strict=False), start=1):
            expect_close(came, expected[rank], what=f"rank {rank}, batch {step}: loss", **CLOSE)


def test_one_process(run):
    _losses, parameters = one_process(run)
    for rank, result in enumerate(run[-1]):
        for name, expected in parameters.items():
            expect_close(result["parameters"][name], expected, what=f"rank {rank}: {name}", **CLOSE)


def test_one_checkpoint(run):
    files = [result["files"] for result in run[-1]]
    expect(
        files == [1] + [0] * (RANKS - 1),
        en="Rank 0 should write one file and the others none; rank 0 wrote {first}, rank 1 wrote {second}.",
        ja="ランク 0 だけが 1 つのファイルを書くはずですが、書いた数はランク 0 が {first}、ランク 1 が {second} です。",
        first=files[0],
        second=files[1],
    )


def loaded(run):
    """What rank 0 has saved, by the names of a bare model."""
    saved, parameters = run[-1][0]["saved"], run[-1][0]["parameters"]
    if not isinstance(saved, dict):
        fail(
            en="The checkpoint should hold a state_dict, but it is {came}.",
            ja="チェックポイントの中身は state_dict のはずですが、{came} です。",
            came=describe(saved),
        )
    expect(
        set(saved) == set(parameters),
        en="A bare model has the names {wanted}; the checkpoint has {came}.",
        ja="包まれていないモデルの名前は {wanted} ですが、チェックポイントにあるのは {came} です。",
        wanted=", ".join(parameters),
        came=", ".join(map(str, saved)),
    )
    return saved


def test_checkpoint_loads(run):
    saved = loaded(run)
    for name, parameter in network().named_parameters():
        expect_shape(saved[name], tuple(parameter.shape), what=f"checkpoint: {name}")


def test_checkpoint_last(run):
    saved = loaded(run)
    for name, value in run[-1][0]["parameters"].items():
        expect_close(saved[name], value, what=f"checkpoint: {name}", rtol=0, atol=0)


def test_destroyed(run):
    for rank, result in enumerate(run[-1]):
        expect(
            result["group"] is False,
            en="Rank {rank} still has its process group when the worker has returned.",
            ja="worker が終わったあとも、ランク {rank} にプロセスグループが残っています。",
            rank=rank,
        )
