import pytest
import torch
from torch import nn

from tutor.testing import expect, expect_close, expect_gradient, probe

SHAPES = ((1, 2), (5, 3), (4, 1), (3, 1, 4, 4), (2, 3, 5, 2))
# Room for a small constant below a square root.
LOOSE = {"rtol": 1e-4, "atol": 1e-6}


class Linear(nn.Module):
    """w·x + b: the gradient is w everywhere."""

    def __init__(self, w):
        super().__init__()
        self.w, self.b = nn.Parameter(w), nn.Parameter(torch.ones((), dtype=w.dtype, device=w.device))

    def forward(self, x):
        return (x * self.w).flatten(1).sum(1) + self.b


class Quadratic(nn.Module):
    """Half the sum of w x²: the gradient is w x, another one at each point."""

    def __init__(self, w):
        super().__init__()
        self.w = nn.Parameter(w)

    def forward(self, x):
        return (x.square() * self.w).flatten(1).sum(1) / 2


CRITICS = {"linear": Linear, "quadratic": Quadratic}


@probe
def penalty_of(submission, kind, w, real, fake, epsilon, device):
    """The penalty, and its gradient with respect to w."""
    critic = CRITICS[kind](w.to(device))
    penalty = submission.gradient_penalty(critic, real.to(device), fake.to(device), epsilon.to(device))
    if not (isinstance(penalty, torch.Tensor) and penalty.requires_grad):
        return penalty, None
    return penalty, torch.autograd.grad(penalty, critic.w, allow_unused=True)[0]


@probe
def loss_of_critic(submission, kind, w, real, fake, epsilon, weights, device):
    critic = CRITICS[kind](w.to(device))
    loss = submission.critic_loss(critic, real.to(device), fake.to(device), epsilon.to(device), *weights)
    if not (isinstance(loss, torch.Tensor) and loss.requires_grad):
        return loss, None
    return loss, torch.autograd.grad(loss, critic.w, allow_unused=True)[0]


@probe
def loss_of_generator(submission, kind, w, fake, device):
    critic = CRITICS[kind](w.to(device))
    fake = fake.to(device).requires_grad_()
    loss = submission.generator_loss(critic, fake)
    if not (isinstance(loss, torch.Tensor) and loss.requires_grad):
        return loss, None
    return loss, torch.autograd.grad(loss, fake, allow_unused=True)[0]


@probe
def traces(submission, w, real, fake, epsilon, device):
    """The .grad of critic and samples after the penalty, then that of the samples after the critic's backward."""
    critic = Quadratic(w.to(device))
    real, fake = real.to(device), fake.to(device).requires_grad_()
    made = 2 * fake
    submission.gradient_penalty(critic, real, made, epsilon.to(device))
    after_penalty = [critic.w.grad, fake.grad]
    submission.critic_loss(critic, real, made, epsilon.to(device)).backward()
    return after_penalty, fake.grad


def spread(epsilon, x):
    """(N,) with as many dimensions as ``x``."""
    return epsilon.reshape(-1, *[1] * (x.dim() - 1))


def quadratic_penalty(w, real, fake, epsilon):
    mixed = real * spread(epsilon, real) + fake * (1 - spread(epsilon, real))
    norms = torch.stack([(w * point).reshape(-1).dot((w * point).reshape(-1)).sqrt() for point in mixed])
    return (norms - 1).pow(2).mean()


def quadratic_mean(w, x):
    return (w * x * x).sum() / (2 * len(x))


def drawn(tensors, shape):
    """A slope, real and made samples, and the shares."""
    n, *size = shape
    double = {"dtype": torch.float64}
    return (
        tensors(*size, **double) + 0.1,
        tensors.strided(*shape, **double) + 1,
        tensors(*shape, **double),
        tensors.uniform(0, 1, n, **double),
    )


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_linear(tensors, shape):
    w, real, fake, epsilon = drawn(tensors, shape)
    for scale in (0.1, 3.0):
        slope = scale * w / w.square().sum().sqrt()
        penalty, _ = penalty_of("linear", slope, real, fake, epsilon)
        expect_close(penalty, torch.tensor((scale - 1) ** 2, dtype=torch.float64), what="gradient_penalty(…)", **LOOSE)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_mixed(tensors, shape):
    w, real, fake, epsilon = drawn(tensors, shape)
    for share in (torch.ones_like(epsilon), torch.zeros_like(epsilon), epsilon):
        penalty, _ = penalty_of("quadratic", w, real, fake, share)
        expect_close(penalty, quadratic_penalty(w, real, fake, share), what="gradient_penalty(…)", **LOOSE)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_second_order(tensors, shape):
    w, real, fake, epsilon = drawn(tensors, shape)
    norm = w.square().sum().sqrt()
    _, gradient = penalty_of("linear", w, real, fake, epsilon)
    expect_gradient(gradient, 2 * (norm - 1) * w / norm, what="∂ gradient_penalty / ∂ w", **LOOSE)
    leaf = w.clone().requires_grad_()
    (expected,) = torch.autograd.grad(quadratic_penalty(leaf, real, fake, epsilon), leaf)
    _, gradient = penalty_of("quadratic", w, real, fake, epsilon)
    expect_gradient(gradient, expected, what="∂ gradient_penalty / ∂ w", **LOOSE)


def test_flat(tensors):
    w, real, fake, epsilon = drawn(tensors, (3, 4))
    penalty, gradient = penalty_of("linear", torch.zeros_like(w), real, fake, epsilon)
    expect_close(penalty, torch.ones((), dtype=torch.float64), what="gradient_penalty(…)", rtol=1e-3)
    expect_gradient(gradient, torch.zeros_like(w), what="∂ gradient_penalty / ∂ w")


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_critic_loss(tensors, shape):
    w, real, fake, epsilon = drawn(tensors, shape)
    for weights in ((), (0.0,), (3.0,)):
        factor = weights[0] if weights else 10.0
        leaf = w.clone().requires_grad_()
        expected = quadratic_mean(leaf, fake) - quadratic_mean(leaf, real)
        expected = expected + factor * quadratic_penalty(leaf, real, fake, epsilon)
        (slope,) = torch.autograd.grad(expected, leaf)
        loss, gradient = loss_of_critic("quadratic", w, real, fake, epsilon, weights)
        expect_close(loss, expected, what="critic_loss(…)", **LOOSE)
        expect_gradient(gradient, slope, what="∂ critic_loss / ∂ w", **LOOSE)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_generator_loss(tensors, shape):
    w, _, fake, _ = drawn(tensors, shape)
    loss, gradient = loss_of_generator("quadratic", w, fake)
    expect_close(loss, -quadratic_mean(w, fake), what="generator_loss(…)", **LOOSE)
    expect_gradient(gradient, -w * fake / len(fake), what="∂ generator_loss / ∂ fake", **LOOSE)


def test_left_alone(tensors):
    w, real, fake, epsilon = drawn(tensors, (4, 3))
    (of_critic, of_fake), after_backward = traces(w, real, fake, epsilon)
    expect(
        of_critic is None and of_fake is None,
        en="After gradient_penalty some .grad is no longer None; computing the penalty should write none.",
        ja="gradient_penalty のあと、.grad が None でなくなったテンソルがあります。"
        "計算するだけなら書き込まれないはずです。",
    )
    expect(
        after_backward is None,
        en="The gradient of critic_loss went on through fake into the generator; it should end at the samples.",
        ja="critic_loss の勾配が fake を通って生成器まで流れています。サンプルの所で止まるはずです。",
    )
