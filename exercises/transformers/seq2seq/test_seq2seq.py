import math
import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from tutor.testing import (
    curve,
    expect,
    expect_at_least,
    expect_close,
    expect_finite,
    expect_gradient,
    expect_shape,
    matrix,
    probe,
)

VOCAB, LONGEST, WIDTH = 19, 21, 16
"""Of the small models that are only looked at."""
START = 1
LENGTH, D_MODEL, HEADS, D_FF = 16, 32, 4, 64
"""Of the one that is trained."""
STEPS, BATCH, RATE = 150, 48, 2e-2
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SIGNS = "0123456789-, " + "".join(sorted(set("".join(MONTHS))))


class Table(nn.Module):
    """A model whose logits depend on the first token of the source and on one token of the target."""

    def __init__(self, logits):
        super().__init__()
        self.logits = nn.Parameter(logits)

    def forward(self, source, target):
        return self.logits[source[:, :1].expand_as(target), target]


class Rigged(nn.Module):
    """A model that is sure of its next token: a function of the source and of all target tokens so far."""

    def forward(self, source, target):
        places = torch.arange(1, target.shape[1] + 1, device=target.device)
        following = ((target * places).cumsum(1) + source.sum(1, keepdim=True) + places) % VOCAB
        return F.one_hot(following, VOCAB).float()


def both_stacks(d_model, heads, d_ff):
    """A transformer as the stub promises it."""
    options = {"dropout": 0.0, "batch_first": True, "norm_first": True}
    with warnings.catch_warnings():
        # Of nested tensors, which pre-norm layers cannot use.
        warnings.simplefilter("ignore")
        return nn.Transformer(d_model, heads, 1, 1, d_ff, **options)


@probe
def logits_of(submission, pairs, training, device):
    """Logits of one new model for each (source, target)."""
    model = submission.DateRewriter(VOCAB, LONGEST, WIDTH, both_stacks(WIDTH, 2, 24)).to(device).train(training)
    return [model(source.to(device), target.to(device)) for source, target in pairs]


@probe
def loss_of(submission, logits, source, target, device):
    """The loss of a table of logits, and its gradient."""
    model = Table(logits.to(device))
    loss = submission.teacher_forcing_loss(model, source.to(device), target.to(device))
    if isinstance(loss, torch.Tensor) and loss.requires_grad and loss.dim() == 0:
        loss.backward()
    return loss, model.logits.grad


@probe
def rewritten(submission, source, start, steps, device):
    """What a model that is sure says."""
    return submission.rewrite(Rigged(), source.to(device), start, steps)


def looks_of(model, attention, source, target):
    """Which source tokens the places of the target look at, the mean of the heads: a map, or none if nothing looks."""
    maps = []
    hooks = (
        attention.register_forward_pre_hook(lambda _, x, how: (x, {**how, "need_weights": True}), with_kwargs=True),
        attention.register_forward_hook(lambda _, x, came: maps.append(came[1][0])),
    )
    with torch.no_grad():
        model(source, target)
    for hook in hooks:
        hook.remove()
    return maps[:1]


@probe
def trained(submission, vocab, source, target, batches, rate, unseen, start, steps, signs, device):
    """Train a model; what it makes of sources that it has not seen."""
    stacks = both_stacks(D_MODEL, HEADS, D_FF)
    model = submission.DateRewriter(vocab, LENGTH, D_MODEL, stacks).to(device)
    source, target = source.to(device), target.to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=len(batches), pct_start=0.2)
    for step, batch in enumerate(batches):
        optimizer.zero_grad()
        rows = batch.to(device)
        loss = submission.teacher_forcing_loss(model, source[rows], target[rows])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 5 == 0:
            curve("loss", loss.item())
    model.eval()
    read, written = signs
    attention = stacks.decoder.layers[0].multihead_attn
    for seen in looks_of(model, attention, source[:1, : len(read)], target[:1, : len(written)]):
        matrix("cross-attention", seen, rows=list(written), columns=list(read), axes=("query", "key"))
    return submission.rewrite(model, unseen.to(device), start, steps)


def pair_of(tensors, b, s, t):
    """A source without padding and a target."""
    return 1 + tensors.integers(VOCAB - 1, b, s), 1 + tensors.integers(VOCAB - 1, b, t)


def changed(tensors, tokens):
    """The same places, another token at each; none of them padding."""
    return 1 + (tokens + tensors.integers(VOCAB - 2, *tokens.shape)) % (VOCAB - 1)


def moved(came, first, place=-1):
    """Whether the logits of a place differ in every row."""
    return bool(((came - first)[:, place].abs().amax(1) > 1e-4).all())


def test_shape(tensors):
    for b, s, t in ((3, 5, 4), (1, 1, 1), (2, LONGEST, 3), (1, 4, LONGEST)):
        (came,) = logits_of([pair_of(tensors, b, s, t)], True)
        expect_shape(came, (b, t, VOCAB), what="logits")
        expect_finite(came, what="logits")


@pytest.mark.parametrize("training", [True, False], ids=("train", "eval"))
def test_future(tensors, training):
    source, target = pair_of(tensors, 4, 6, 9)
    pairs = [(source, target)]
    for t in range(1, 9):
        other = target.clone()
        other[:, t:] = changed(tensors, other[:, t:])
        pairs += [(source, other), (source, target[:, :t])]
    first, *others = logits_of(pairs, training)
    expect_shape(first, (4, 9, VOCAB), what="logits")
    expect_finite(first, what="logits")
    for i, came in enumerate(others):
        t = 1 + i // 2
        what = f"logits[:, :{t}] (target {'changed' if i % 2 == 0 else 'ends'} at {t})"
        expect_close(came[:, :t], first[:, :t], what=what, rtol=1e-3, atol=1e-4)


def test_past(tensors):
    source, target = pair_of(tensors, 4, 6, 5)
    target[:, 0], target[:, 2] = 2, 7
    source[:, 1], source[:, 4] = 3, 8
    cases = []
    for place in range(6):
        other = source.clone()
        other[:, place] = changed(tensors, other[:, place])
        cases.append((other, target, f"source token {place} changes", f"source の {place} 番目を変えて"))
    for place in range(5):
        other = target.clone()
        other[:, place] = changed(tensors, other[:, place])
        cases.append((source, other, f"target token {place} changes", f"target の {place} 番目を変えて"))
    swaps = ("two tokens of the {} change places", "{} の 2 つのトークンを入れ替えて")
    cases.append((source[:, [0, 4, 2, 3, 1, 5]], target, *(text.format("source") for text in swaps)))
    cases.append((source, target[:, [2, 1, 0, 3, 4]], *(text.format("target") for text in swaps)))
    first, *others = logits_of([(source, target), *((a, b) for a, b, _, _ in cases)], True)
    expect_shape(first, (4, 5, VOCAB), what="logits")
    for came, (_, _, change, kaeru) in zip(others, cases, strict=True):
        expect(
            moved(came, first),
            en="The last logits stay the same when {change}.",
            ja="{kaeru}も、最後のロジットが変わりません。",
            change=change,
            kaeru=kaeru,
        )


@pytest.mark.parametrize("training", [True, False], ids=("train", "eval"))
def test_padding(tensors, training):
    source, target = pair_of(tensors, 3, 7, 4)
    source[0, 3:], source[1, 5:], source[2, 1:] = 0, 0, 0
    pairs = [(source, target), (F.pad(source, (0, 5)), target)]
    pairs += [(source[i : i + 1, :n], target[i : i + 1]) for i, n in enumerate((3, 5, 1))]
    first, wider, *alone = logits_of(pairs, training)
    expect_shape(first, (3, 4, VOCAB), what="logits")
    expect_close(wider, first, what="logits (more padding)", rtol=1e-3, atol=1e-4)
    for i, came in enumerate(alone):
        expect_close(came, first[i : i + 1], what="logits (no padding)", rtol=1e-3, atol=1e-4)


def test_loss(tensors):
    for b, t in ((3, 6), (1, 2), (4, 9)):
        logits = 2 * tensors(VOCAB, VOCAB, VOCAB, dtype=torch.float64)
        source, target = pair_of(tensors, b, 5, t)
        came, gradient = loss_of(logits, source, target)
        powers = (logits - logits.amax(2, keepdim=True)).exp()
        shares = powers / powers.sum(2, keepdim=True)
        right = torch.zeros_like(logits)
        expected = 0.0
        for first, row in zip(source[:, 0].tolist(), target.tolist(), strict=True):
            for i in range(t - 1):
                expected -= math.log(shares[first, row[i], row[i + 1]]) / (b * (t - 1))
                right[first, row[i]] += shares[first, row[i]] / (b * (t - 1))
                right[first, row[i], row[i + 1]] -= 1 / (b * (t - 1))
        expect_close(came, torch.tensor(expected, dtype=torch.float64), what="loss")
        expect_gradient(gradient, right)


def test_rewrite(tensors):
    for b, steps, start in ((3, 8, START), (1, 1, START), (2, 5, 4)):
        source, _ = pair_of(tensors, b, 6, 1)
        came = rewritten(source, start, steps)
        rows = []
        for total in source.sum(1).tolist():
            row = [start]
            for _ in range(steps):
                row.append((sum(i * x for i, x in enumerate(row, start=1)) + total + len(row)) % VOCAB)
            rows.append(row[1:])
        expect_close(came, torch.tensor(rows), what="rewrite(…)")


def tokens_of(text):
    return torch.tensor([SIGNS.index(sign) + 2 for sign in text])


def dates(tensors, count):
    """Dates in two styles, as tokens filled up with 0, and what they are rewritten to, behind a start token."""
    draws = (tensors.integers(high, count).tolist() for high in (28, 12, 200, 2))
    texts, answers = [], []
    for day, month, year, style in zip(*draws, strict=True):
        name = MONTHS[month]
        texts.append((f"{day + 1} {name} {1900 + year}", f"{name} {day + 1}, {1900 + year}")[style])
        answers.append(f"{1900 + year}-{month + 1:02}-{day + 1:02}")
    target = torch.stack([torch.cat((torch.tensor([START]), tokens_of(answer))) for answer in answers])
    return pad_sequence([tokens_of(text) for text in texts], batch_first=True), target, texts, answers


def text_of(tokens):
    return "".join(SIGNS[t - 2] if 2 <= t < len(SIGNS) + 2 else "?" for t in tokens)


def test_exact(module_tensors):
    source, target, read, known = dates(module_tensors, 3000)
    unseen, _, texts, answers = dates(module_tensors, 260)
    batches = list(module_tensors.integers(len(source), STEPS, BATCH))
    signs = (read[0].replace(" ", "␣"), known[0])
    came = trained(len(SIGNS) + 2, source, target, batches, RATE, unseen, START, 10, signs)
    expect_shape(came, (len(unseen), 10), what="rewrite(…)")
    seen = set(known)
    new = [i for i, answer in enumerate(answers) if answer not in seen]
    written = [text_of(row) for row in came.tolist()]
    for i in new[:6]:
        print(f"{texts[i]:12} -> {written[i]}")
    expect_at_least(
        sum(written[i] == answers[i] for i in new) / len(new),
        0.7,
        en="the share of unseen dates that are rewritten exactly",
        ja="未知の日付のうち、完全に正しく書き換えられた割合",
    )
