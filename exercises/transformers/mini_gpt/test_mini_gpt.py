import itertools
import math
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.testing import (
    curve,
    expect,
    expect_at_most,
    expect_close,
    expect_finite,
    expect_gradient,
    expect_shape,
    matrix,
    probe,
)

VOCAB, CONTEXT, WIDTH = 19, 21, 16
"""Of the small models that are only looked at."""
LENGTH, D_MODEL, HEADS = 32, 48, 4
"""Of the one that is trained."""
STEPS, BATCH, RATE = 200, 16, 1e-2


class Table(nn.Module):
    """A model whose logits depend on the token alone."""

    def __init__(self, logits):
        super().__init__()
        self.logits = nn.Parameter(logits)

    def forward(self, tokens):
        return self.logits[tokens]


class Rigged(nn.Module):
    """A model that is sure of its next token: a function of all tokens it sees, and of their number."""

    def __init__(self, vocab):
        super().__init__()
        self.vocab = vocab
        self.lengths = []

    def forward(self, tokens):
        self.lengths.append(tokens.shape[1])
        places = torch.arange(1, tokens.shape[1] + 1, device=tokens.device)
        following = ((tokens * places).cumsum(1) + places) % self.vocab
        return 200.0 * F.one_hot(following, self.vocab)


def blocks(d_model, heads, layers):
    """An encoder as the stub promises it."""
    options = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True}
    block = nn.TransformerEncoderLayer(d_model, heads, 4 * d_model, **options)
    return nn.TransformerEncoder(block, layers, nn.LayerNorm(d_model), enable_nested_tensor=False)


@probe
def logits_of(submission, batches, layers, training, device):
    """Logits of a new model for each batch."""
    model = submission.TinyGPT(VOCAB, CONTEXT, WIDTH, blocks(WIDTH, 2, layers)).to(device).train(training)
    return [model(tokens.to(device)) for tokens in batches]


@probe
def loss_of(submission, logits, tokens, device):
    """The loss of a table of logits, and its gradient."""
    model = Table(logits.to(device))
    loss = submission.next_token_loss(model, tokens.to(device))
    if isinstance(loss, torch.Tensor) and loss.requires_grad and loss.dim() == 0:
        loss.backward()
    return loss, model.logits.grad


@probe
def continued(submission, tokens, steps, context, device):
    """What follows each row if the model is sure, and how many tokens the model got."""
    model = Rigged(VOCAB)
    return submission.generate(model, tokens.to(device), steps, context), model.lengths


@probe
def drawn(submission, logits, count, seeds, device):
    """The token after a single one, for many rows, once for each seed."""
    model = Table(logits.to(device))
    start = torch.zeros(count, 1, dtype=torch.int64, device=device)
    came = []
    for seed in seeds:
        generator = torch.Generator(device).manual_seed(seed)
        came.append(submission.generate(model, start, 1, CONTEXT, generator))
    return came


def attention_maps(model, encoder, tokens):
    """Who looks at whom in the first block, the mean of its heads: a list with one map, or none if it is not called."""
    maps = []
    attention = encoder.layers[0].self_attn
    hooks = (
        attention.register_forward_pre_hook(lambda _, x, how: (x, {**how, "need_weights": True}), with_kwargs=True),
        attention.register_forward_hook(lambda _, x, came: maps.append(came[1][0])),
    )
    model(tokens)
    for hook in hooks:
        hook.remove()
    return maps


@probe
def trained(submission, vocab, windows, batches, rate, held_out, start, letters, device):
    """Train a model on windows of the text; logits for the windows held out, and some text of its own."""
    encoder = blocks(D_MODEL, HEADS, 1)
    model = submission.TinyGPT(vocab, LENGTH, D_MODEL, encoder).to(device)
    windows, held_out = windows.to(device), held_out.to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.1, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=len(batches), pct_start=0.2)
    for step, batch in enumerate(batches):
        optimizer.zero_grad()
        loss = submission.next_token_loss(model, windows[batch.to(device)])
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 10 == 0:
            curve("bits per character/train", loss.item() / 0.6931)
    model.eval()
    with torch.no_grad():
        logits = model(held_out)
        maps = attention_maps(model, encoder, held_out[:1, : len(letters)])
    for seen in maps[:1]:
        matrix("attention", seen, rows=letters, columns=letters, axes=("query", "key"))
    generator = torch.Generator(device).manual_seed(len(batches))
    return logits, submission.generate(model, start.to(device), 120, LENGTH, generator)


@pytest.mark.parametrize("length", [1, 2, 7, CONTEXT])
def test_shape(tensors, length):
    for b in (1, 3):
        (came,) = logits_of([tensors.integers(VOCAB, b, length)], 2, True)
        expect_shape(came, (b, length, VOCAB), what="logits")
        expect_finite(came, what="logits")


@pytest.mark.parametrize("training", [True, False], ids=("train", "eval"))
def test_no_peeking(tensors, training):
    tokens = tensors.integers(VOCAB, 4, CONTEXT)
    batches = [tokens]
    for t in (1, 2, 3, 8, CONTEXT - 1):
        # From place t on everything is another token.
        other = tokens.clone()
        other[:, t:] = (other[:, t:] + 1 + tensors.integers(VOCAB - 1, 4, CONTEXT - t)) % VOCAB
        batches += [other, tokens[:, :t]]
    first, *others = logits_of(batches, 2, training)
    expect_shape(first, (4, CONTEXT, VOCAB), what="logits")
    expect_finite(first, what="logits")
    for i, came in enumerate(others):
        t = (1, 2, 3, 8, CONTEXT - 1)[i // 2]
        what = f"logits[:, :{t}] ({'tokens changed' if i % 2 == 0 else 'nothing'} from {t} on)"
        expect_close(came[:, :t], first[:, :t], what=what, rtol=1e-3, atol=1e-4)


def test_order(tensors):
    tokens = tensors.integers(VOCAB, 4, 6)
    tokens[:, 0], tokens[:, 2] = 1, 5
    swapped = tokens[:, [2, 1, 0, 3, 4, 5]]
    other = tokens.clone()
    other[:, 0] = 3
    # One layer: without positions its last output depends on the set of the earlier tokens alone.
    first, second, third = logits_of([tokens, swapped, other], 1, True)
    expect_shape(first, (4, 6, VOCAB), what="logits")
    for came, change, kaeru in (
        (third, "the first token is another one", "最初のトークンを変えて"),
        (second, "two earlier tokens change places", "前の 2 つのトークンを入れ替えて"),
    ):
        expect(
            bool(((came - first)[:, -1].abs().amax(1) > 1e-4).all()),
            en="The last logits stay the same when {change}.",
            ja="{kaeru}も、最後のロジットが変わりません。",
            change=change,
            kaeru=kaeru,
        )


def test_loss(tensors):
    for b, t in ((3, 6), (1, 2), (4, 11)):
        logits = 2 * tensors(VOCAB, VOCAB, dtype=torch.float64)
        tokens = tensors.integers(VOCAB, b, t)
        came, gradient = loss_of(logits, tokens)
        shares = (logits - logits.amax(1, keepdim=True)).exp()
        shares = shares / shares.sum(1, keepdim=True)
        right = torch.zeros_like(logits)
        expected = 0.0
        for row in tokens.tolist():
            for before, after in itertools.pairwise(row):
                expected -= math.log(shares[before, after]) / (b * (t - 1))
                right[before] += shares[before] / (b * (t - 1))
                right[before, after] -= 1 / (b * (t - 1))
        expect_close(came, torch.tensor(expected, dtype=torch.float64), what="loss")
        expect_gradient(gradient, right)


@pytest.mark.parametrize("length", [1, 5, 21])
def test_generate(tensors, length):
    tokens = tensors.integers(VOCAB, 3, length)
    came, lengths = continued(tokens, 9, 6)
    rows = tokens.tolist()
    for _ in range(9):
        for row in rows:
            seen = row[-6:]
            row.append((sum(i * x for i, x in enumerate(seen, start=1)) + len(seen)) % VOCAB)
    expect_close(came, torch.tensor(rows), what="generate(…)")
    expect(
        max(lengths) <= 6,
        en="With context=6 the model was given {longest} tokens.",
        ja="context=6 なのに、モデルに {longest} 個のトークンが渡されました。",
        longest=max(lengths),
    )


def test_draws(tensors, seed):
    logits = tensors.uniform(-1, 1, VOCAB, VOCAB)
    count = 20_000
    one, again, other = drawn(logits, count, [seed, seed, seed + 1])
    for came in (one, again, other):
        expect_shape(came, (count, 2), what="generate(…)")
    expected = logits[0].double().softmax(0) * count
    counts = one[:, 1].bincount(minlength=VOCAB).double()
    statistic = ((counts - expected).square() / expected).sum()
    chance = torch.special.gammaincc(torch.tensor((VOCAB - 1) / 2, dtype=torch.float64), statistic / 2)
    expect(
        bool(chance > 1e-10),
        en="The shares of the drawn tokens should be {expected}, but they are {came}.",
        ja="サンプルの割合は {expected} のはずですが、{came} でした。",
        expected=[round(float(x) / count, 3) for x in expected],
        came=[round(float(x) / count, 3) for x in counts],
    )
    expect(
        torch.equal(one, again) and not torch.equal(one, other),
        en="The generator should decide the draw: the same seed the same tokens, another seed others.",
        ja="サンプルは乱数生成器で決まるはずです（同じシードなら同じ結果、別のシードなら別の結果）。",
    )


@pytest.fixture(scope="module")
def bits(module_tensors):
    """Bits per character on the end of the text, which is not trained on."""
    text = " ".join(Path(__file__).with_name("alice.txt").read_text(encoding="utf-8").lower().split())
    letters = sorted(set(text))
    data = torch.tensor([letters.index(letter) for letter in text])
    length = LENGTH
    cut = len(data) * 9 // 10
    windows = data[:cut].unfold(0, length, 1)
    held_out = data[cut : cut + (len(data) - cut) // length * length].reshape(-1, length)
    batches = list(module_tensors.integers(len(windows), STEPS, BATCH))
    start = torch.tensor([[letters.index(letter) for letter in "alice "]])
    shown = [letters[i].replace(" ", "␣") for i in held_out[0, :24].tolist()]
    logits, written = trained(len(letters), windows, batches, RATE, held_out, start, shown)
    expect_shape(logits, (*held_out.shape, len(letters)), what="logits")
    if isinstance(written, torch.Tensor) and written.dim() == 2:
        print("".join(letters[int(i) % len(letters)] for i in written[0]))
    losses = F.cross_entropy(logits[:, :-1].double().flatten(0, 1), held_out[:, 1:].flatten())
    return losses.item() / math.log(2)


def test_bits(bits):
    expect_at_most(
        bits,
        3.1,
        en="bits per character on text not seen in training",
        ja="学習に使っていない文章での、1 文字あたりのビット数",
    )
