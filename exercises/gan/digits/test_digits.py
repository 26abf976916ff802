import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

from tutor.testing import curve, expect, expect_at_least, expect_finite, expect_shape, gallery, picture, probe

STEPS, NOISE, SAMPLES = 400, 16, 1000
NOT_A_DIGIT = 10


def number(images):
    """One number for each of (N, 1, 8, 8), shape (N,), exact for real digits: two of them rarely have the same."""
    return (images.flatten(1) * torch.arange(1, 65, device=images.device).square()).sum(1)


class Generator(nn.Module):
    """Noise to (N, 1, 8, 8); keeps some of the noise that it was given."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Linear(16, 128), nn.ReLU(), nn.Linear(128, 256), nn.ReLU(), nn.Unflatten(1, (16, 4, 4))),
            *(nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1), nn.Tanh()),
        )
        self.noise = []

    def forward(self, z):
        self.noise.append(z.detach()[:2].cpu())
        return self.layers(z)


class Discriminator(nn.Module):
    """(N, 1, 8, 8) to (N, 1); keeps one number for each image that it was given."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Conv2d(1, 16, 4, stride=2, padding=1), nn.LeakyReLU(0.2), nn.Flatten()),
            *(nn.Linear(256, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1)),
        )
        self.seen = []

    def forward(self, x):
        self.seen.append(number(x.detach()).cpu())
        return self.layers(x)


def sheet(images):
    """64 of (N, 1, 8, 8) as one picture, eight in a row."""
    return images[:64].reshape(8, 8, 8, 8).permute(0, 2, 1, 3).reshape(64, 64)


@probe
def trained(submission, images, steps, z, device):
    """Train once; samples for ``z``, losses, some of the noise, what D has seen, and all weights before and after."""
    generator, discriminator = Generator().to(device), Discriminator().to(device)
    networks = generator, discriminator
    before = [nn.utils.parameters_to_vector(network.parameters()).detach().cpu() for network in networks]
    losses = []

    def report(d_loss, g_loss):
        losses.append((float(d_loss), float(g_loss)))
        if len(losses) % 10 == 0:
            curve("loss/discriminator", losses[-1][0])
            curve("loss/generator", losses[-1][1])
        if len(losses) % 100 == 0:
            with torch.no_grad():
                picture("samples", sheet(generator.layers(z[:64].to(device))), low=-1, high=1)

    submission.train(generator, discriminator, images.to(device), 16, steps, report)
    with torch.no_grad():
        samples = generator.layers(z.to(device)).cpu()
    after = [nn.utils.parameters_to_vector(network.parameters()).detach().cpu() for network in networks]
    return samples, losses, generator.noise, torch.cat([torch.zeros(0), *discriminator.seen]), before, after


def real_digits():
    """The images (1797, 1, 8, 8) with values from 0 to 16, and their classes."""
    images, classes = load_digits(return_X_y=True)
    return torch.tensor(images, dtype=torch.float32).reshape(-1, 1, 8, 8), torch.tensor(classes)


@pytest.fixture(scope="module")
def run(module_tensors):
    images, _ = real_digits()
    return trained(images, STEPS, module_tensors(SAMPLES, NOISE))


def recogniser():
    """A classifier with eleven classes, always the same one: ten digits, and what is none.

    The eleventh learns from averages of two digits, digits with their pixels shuffled, and uniform noise.
    """
    images, classes = real_digits()
    x = images.flatten(1) / 8 - 1
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        n = len(x)
        none = [(x[torch.randperm(n)] + x[torch.randperm(n)]) / 2, x[:, torch.randperm(64)], 2 * torch.rand(n, 64) - 1]
        inputs = torch.cat([x] * 3 + none)
        targets = torch.cat([classes] * 3 + [torch.full((3 * n,), NOT_A_DIGIT)])
        model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 11))
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _step in range(300):
            chosen = torch.randint(len(inputs), (256,))
            optimizer.zero_grad()
            cross_entropy(model(inputs[chosen]), targets[chosen]).backward()
            optimizer.step()
    return model


@pytest.fixture(scope="module")
def recognised(run):
    """The class of each sample, NOT_A_DIGIT where no digit has more than half of the probability."""
    samples, *_ = run
    expect_shape(samples, (SAMPLES, 1, 8, 8), what="generator(z)")
    expect_finite(samples, what="generator(z)")
    judge = recogniser()
    with torch.no_grad():
        sure, found = judge(samples.flatten(1)).softmax(1).max(1)
    return torch.where(sure > 0.5, found, NOT_A_DIGIT)


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
    mean, std = rows.mean().item(), rows.std().item()
    expect(
        abs(mean) < 0.1 and abs(std - 1) < 0.1,
        en="The noise has mean {mean:.3f} and standard deviation {std:.3f}; standard normal noise has 0 and 1.",
        ja="ノイズの平均は {mean:.3f}、標準偏差は {std:.3f} です。標準正規分布なら 0 と 1 です。",
        mean=mean,
        std=std,
    )


def share_seen(run):
    """Of the real images, brought to values from -1 to 1, the share that the discriminator was given."""
    *_, seen, _, _ = run
    images, _ = real_digits()
    return torch.isin(number(images / 8 - 1), seen).double().mean().item()


def test_range(run):
    expect(
        share_seen(run) > 0,
        en="None of the real digits reached the discriminator with values from -1 to 1.",
        ja="-1 から 1 にそろえた本物の数字は、識別器に 1 枚も渡されていません。",
    )


def test_data(run):
    share = share_seen(run)
    expect(
        share >= 0.9,
        en="Of the real digits, brought to values from -1 to 1, the discriminator saw {share:.0%}; "
        "it should see 90% at least.",
        ja="-1 から 1 にそろえた本物の数字のうち、識別器に渡されたのは {share:.0%} でした。90% 以上が必要です。",
        share=share,
    )


def test_classes(run, recognised):
    samples, *_ = run
    shown = (samples[recognised == digit][:6] for digit in range(NOT_A_DIGIT + 1))
    rows = [(image, digit) for digit, images in enumerate(shown) for image in images[:, 0]]
    names = [str(digit) if digit < NOT_A_DIGIT else "?" for _, digit in rows]
    gallery("recognised", torch.stack([image for image, _ in rows])[:64], names[:64], low=-1, high=1)
    counts = torch.bincount(recognised, minlength=NOT_A_DIGIT + 1)[:NOT_A_DIGIT]
    # A class counts from a tenth of its fair share on.
    appearing = int((counts >= SAMPLES / 100).sum())
    expect_at_least(appearing, 7, en="the number of classes among the samples", ja="サンプルに現れるクラスの数")


def test_recognised(recognised):
    share = (recognised != NOT_A_DIGIT).double().mean()
    expect_at_least(share, 0.5, en="the share of samples that are recognised", ja="数字として認識されるサンプルの割合")
