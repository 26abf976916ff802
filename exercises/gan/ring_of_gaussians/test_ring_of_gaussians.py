import math

import pytest
import torch
from torch import nn

from tutor.testing import curve, expect, expect_at_least, expect_finite, expect_shape, probe, scatter

STEPS, NOISE, SAMPLES = 400, 8, 2000
# Spread of each mode, and how far from its centre a sample still counts as good: four times as far.
SPREAD, NEAR = 0.05, 0.2


class Generator(nn.Module):
    """Two hidden layers of 64; keeps some of the noise that it was given."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
        self.noise = []

    def forward(self, z):
        self.noise.append(z.detach()[:2].cpu())
        return self.layers(z)


def points(n, generator, device):
    """n points of the data: one of eight centres on the unit circle, and a little noise."""
    angle = torch.randint(8, (n,), generator=generator) * (math.pi / 4)
    noise = SPREAD * torch.randn(n, 2, generator=generator)
    return (torch.stack([angle.cos(), angle.sin()], dim=1) + noise).to(device)


@probe
def trained(submission, seed, steps, z, device):
    """Train once; the samples for ``z``, the reported losses, some of the noise, and all weights before and after."""
    generator = Generator().to(device)
    discriminator = nn.Sequential(
        nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1)
    ).to(device)
    source = torch.Generator().manual_seed(seed)
    networks = generator, discriminator
    before = [nn.utils.parameters_to_vector(network.parameters()).detach().cpu() for network in networks]
    losses = []

    def report(d_loss, g_loss):
        losses.append((float(d_loss), float(g_loss)))
        if len(losses) % 5 == 0:
            curve("loss/discriminator", losses[-1][0])
            curve("loss/generator", losses[-1][1])
        if len(losses) % 100 == 0:
            with torch.no_grad():
                scatter("samples", generator.layers(z[:400].to(device)))

    submission.train(generator, discriminator, lambda n: points(n, source, device), 8, steps, report)
    with torch.no_grad():
        samples = generator.layers(z.to(device)).cpu()
    after = [nn.utils.parameters_to_vector(network.parameters()).detach().cpu() for network in networks]
    return samples, losses, generator.noise, before, after


@pytest.fixture(scope="module")
def run(seed, module_tensors):
    z = module_tensors(SAMPLES, NOISE)
    return trained(seed, STEPS, z)


def near_centres(samples):
    """For each sample: the nearest centre, and whether it is near enough."""
    expect_shape(samples, (SAMPLES, 2), what="generator(z)")
    expect_finite(samples, what="generator(z)")
    turns = torch.arange(8, dtype=torch.float64) / 8 * 2 * math.pi
    centres = torch.polar(torch.ones(8, dtype=torch.float64), turns)
    x = samples.double()
    distance, nearest = (torch.complex(x[:, 0], x[:, 1]).unsqueeze(1) - centres).abs().min(1)
    return nearest, distance < NEAR


def test_reported(run):
    _, losses, *_ = run
    expect(
        len(losses) == STEPS,
        en="report should be called once a step, {steps} times; it was called {count} times.",
        ja="report はステップごとに 1 回、合計 {steps} 回呼ばれるはずですが、{count} 回でした。",
        steps=STEPS,
        count=len(losses),
    )
    expect_finite(torch.tensor(losses), what="loss")
    expect(
        any(d_loss != g_loss for d_loss, g_loss in losses),
        en="report was always given the same number twice; it takes the discriminator's loss and the generator's.",
        ja="report にいつも同じ数が 2 回渡されています。識別器の損失と生成器の損失を渡してください。",
    )


def test_both_move(run):
    *_, before, after = run
    for name, old, new in zip(("generator", "discriminator"), before, after, strict=True):
        expect(
            bool((old != new).any()),
            en="After {steps} steps not a single weight of the {name} has changed.",
            ja="{steps} ステップのあとも、{name} の重みが 1 つも変わっていません。",
            steps=STEPS,
            name=name,
        )


def test_noise(run):
    _, _, noise, *_ = run
    rows = torch.stack([row for batch in noise for row in batch])
    different = len({tuple(batch.reshape(-1).tolist()) for batch in noise})
    expect(
        different >= STEPS,
        en="In {steps} steps the generator saw only {count} different batches of noise.",
        ja="{steps} ステップの間に、生成器に渡されたノイズのバッチは {count} 種類しかありません。",
        steps=STEPS,
        count=different,
    )
    twice = sum(bool(len(batch) > 1 and torch.equal(batch[0], batch[1])) for batch in noise)
    expect(
        twice == 0,
        en="In {count} batches the first two rows of noise are the same.",
        ja="{count} 個のバッチで、ノイズの 1 行目と 2 行目が同じです。",
        count=twice,
    )
    mean, std = rows.mean().item(), rows.std().item()
    expect(
        abs(mean) < 0.1 and abs(std - 1) < 0.1,
        en="The noise has mean {mean:.3f} and standard deviation {std:.3f}; standard normal noise has 0 and 1.",
        ja="ノイズの平均は {mean:.3f}、標準偏差は {std:.3f} です。標準正規分布なら 0 と 1 です。",
        mean=mean,
        std=std,
    )


def test_modes(run):
    samples, *_ = run
    nearest, good = near_centres(samples)
    if bool(good.any()):
        scatter("good samples", samples[good], nearest[good])
    counts = torch.bincount(nearest[good], minlength=8)
    # A mode counts as covered from a tenth of its fair share on.
    covered = int((counts >= SAMPLES / 80).sum())
    expect_at_least(covered, 7, en="the number of modes covered, of 8", ja="覆ったモードの数（8 個のうち）")


def test_share(run):
    samples, *_ = run
    _, good = near_centres(samples)
    expect_at_least(
        good.double().mean(),
        0.25,
        en="the share of samples within 0.2 of a centre",
        ja="いずれかの中心から 0.2 以内にあるサンプルの割合",
    )
