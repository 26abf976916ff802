import pytest
import torch
from torch import nn

from tutor.testing import expect, expect_close, expect_gradient, probe

RATE = 0.1
# (real samples, rows of noise)
COUNTS = ((1, 1), (5, 5), (7, 3))


class Logits(nn.Module):
    """A discriminator: two linear layers with tanh between, (N, 2) -> (N,)."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(2, 5), nn.Linear(5, 1)

    def forward(self, x):
        return self.second(self.first(x).tanh()).squeeze(1)


def players(weights, device):
    """A linear generator from three numbers to two, a discriminator, and an optimiser for each, in float64."""
    generator, discriminator = nn.Linear(3, 2).double(), Logits().double()
    both = [*generator.parameters(), *discriminator.parameters()]
    for parameter, value in zip(both, weights, strict=True):
        parameter.data = value.clone()
    generator, discriminator = generator.to(device), discriminator.to(device)
    optimizers = [torch.optim.SGD(player.parameters(), lr=RATE) for player in (generator, discriminator)]
    return generator, discriminator, optimizers


def state(generator, discriminator):
    """Parameters and gradients, as values: the generator's two, then the discriminator's four."""
    both = [*generator.parameters(), *discriminator.parameters()]
    return [p.detach().clone() for p in both], [None if p.grad is None else p.grad.clone() for p in both]


@probe
def step_of_discriminator(submission, weights, stale, real, z, device):
    """The loss, then parameters and gradients after the step. Gradients stand at ``stale`` before it, if given."""
    generator, discriminator, (_, optimizer) = players(weights, device)
    for parameter, value in zip([*generator.parameters(), *discriminator.parameters()], stale, strict=False):
        parameter.grad = value.to(device)
    loss = submission.discriminator_step(generator, discriminator, optimizer, real.to(device), z.to(device))
    return loss, *state(generator, discriminator)


@probe
def step_of_generator(submission, weights, stale, z, device):
    generator, discriminator, (optimizer, _) = players(weights, device)
    for parameter, value in zip([*generator.parameters(), *discriminator.parameters()], stale, strict=False):
        parameter.grad = value.to(device)
    loss = submission.generator_step(generator, discriminator, optimizer, z.to(device))
    return loss, *state(generator, discriminator)


@probe
def steps_in_turn(submission, weights, batches, device):
    generator, discriminator, (of_generator, of_discriminator) = players(weights, device)
    for real, z, other_z in batches:
        submission.discriminator_step(generator, discriminator, of_discriminator, real.to(device), z.to(device))
        submission.generator_step(generator, discriminator, of_generator, other_z.to(device))
    return state(generator, discriminator)[0]


# The same in the judge, written out: log D = -log(1 + exp(-logit)), log(1 - D) = -log(1 + exp(logit)).


def samples(weights, z):
    return z @ weights[0].T + weights[1]


def logits(weights, x):
    return (x @ weights[2].T + weights[3]).tanh() @ weights[4][0] + weights[5]


def log_one_plus_exp(x):
    return torch.logaddexp(torch.zeros_like(x), x)


def discriminator_loss(weights, real, z):
    return (
        log_one_plus_exp(-logits(weights, real)).mean() + log_one_plus_exp(logits(weights, samples(weights, z))).mean()
    )


def generator_loss(weights, z):
    return log_one_plus_exp(-logits(weights, samples(weights, z))).mean()


def after(weights, loss, moved):
    """The weights after a step of gradient descent on those in ``moved``, and the gradients of these."""
    leaves = [weight.detach().clone().requires_grad_() for weight in weights]
    gradients = torch.autograd.grad(loss(leaves), leaves[moved])
    stepped = [weight.detach().clone() for weight in leaves]
    stepped[moved] = [w - RATE * g for w, g in zip(stepped[moved], gradients, strict=True)]
    return stepped, gradients


GENERATOR, DISCRIMINATOR = slice(0, 2), slice(2, 6)


@pytest.fixture
def weights(tensors):
    return [tensors(*shape, dtype=torch.float64) for shape in ((2, 3), (2,), (5, 2), (5,), (1, 5), (1,))]


def drawn(tensors, counts):
    m, n = counts
    return tensors.strided(m, 2, dtype=torch.float64) + 1, tensors.strided(n, 3, dtype=torch.float64)


@pytest.mark.parametrize("counts", COUNTS, ids=str)
def test_discriminator_loss(tensors, weights, counts):
    real, z = drawn(tensors, counts)
    loss, _, _ = step_of_discriminator(weights, [], real, z)
    expect_close(loss, discriminator_loss(weights, real, z), what="loss")


def check_parameters(came, expected, part, name):
    for a, b in zip(came[part], expected[part], strict=True):
        expect_close(a, b, what=f"{name} {tuple(b.shape)}")


@pytest.mark.parametrize("counts", COUNTS, ids=str)
def test_discriminator_moves(tensors, weights, counts):
    real, z = drawn(tensors, counts)
    expected, _ = after(weights, lambda w: discriminator_loss(w, real, z), DISCRIMINATOR)
    for stale in ([], [tensors(*w.shape, dtype=torch.float64) for w in weights]):
        _, came, _ = step_of_discriminator(weights, stale, real, z)
        check_parameters(came, expected, DISCRIMINATOR, "discriminator")


def test_generator_left_alone(tensors, weights):
    real, z = drawn(tensors, (4, 6))
    for stale in ([], [tensors(*w.shape, dtype=torch.float64) for w in weights]):
        _, came, gradients = step_of_discriminator(weights, stale, real, z)
        check_parameters(came, weights, GENERATOR, "generator")
        for before, now in zip(stale or (None, None), gradients[GENERATOR], strict=False):
            if before is None:
                expect(
                    now is None,
                    en="After discriminator_step the generator's parameters have gradients; they had none before.",
                    ja="discriminator_step のあと、生成器のパラメータに、それまでなかった勾配が残っています。",
                )
            else:
                expect_gradient(now, before, what="generator.grad")


@pytest.mark.parametrize("count", [1, 2, 7])
def test_generator_loss(tensors, weights, count):
    z = tensors.strided(count, 3, dtype=torch.float64)
    loss, _, _ = step_of_generator(weights, [], z)
    expect_close(loss, generator_loss(weights, z), what="loss")


@pytest.mark.parametrize("count", [1, 2, 7])
def test_generator_moves(tensors, weights, count):
    z = tensors.strided(count, 3, dtype=torch.float64)
    expected, _ = after(weights, lambda w: generator_loss(w, z), GENERATOR)
    for stale in ([], [tensors(*w.shape, dtype=torch.float64) for w in weights]):
        _, came, _ = step_of_generator(weights, stale, z)
        check_parameters(came, expected, GENERATOR, "generator")
        check_parameters(came, weights, DISCRIMINATOR, "discriminator")


def test_in_turn(tensors, weights):
    batches = [(*drawn(tensors, (4, 4)), tensors(4, 3, dtype=torch.float64)) for _ in range(3)]
    expected = weights
    for real, z, other_z in batches:
        expected, _ = after(expected, lambda w, real=real, z=z: discriminator_loss(w, real, z), DISCRIMINATOR)
        expected, _ = after(expected, lambda w, z=other_z: generator_loss(w, z), GENERATOR)
    came = steps_in_turn(weights, batches)
    check_parameters(came, expected, GENERATOR, "generator")
    check_parameters(came, expected, DISCRIMINATOR, "discriminator")


def test_sure(tensors, weights):
    # The last layer alone gives +-1000: sure that the sample is real, and then that it is made.
    for logit in (1000.0, -1000.0):
        sure = [*weights[:4], 1e-3 * weights[4], torch.full((1,), logit, dtype=torch.float64)]
        real, z = drawn(tensors, (3, 3))
        loss, came, _ = step_of_discriminator(sure, [], real, z)
        expect_close(loss, discriminator_loss(sure, real, z), what="discriminator_step → loss")
        expected, _ = after(sure, lambda w, real=real, z=z: discriminator_loss(w, real, z), DISCRIMINATOR)
        check_parameters(came, expected, DISCRIMINATOR, "discriminator")
        loss, came, _ = step_of_generator(sure, [], z)
        expect_close(loss, generator_loss(sure, z), what="generator_step → loss")
        expected, _ = after(sure, lambda w, z=z: generator_loss(w, z), GENERATOR)
        check_parameters(came, expected, GENERATOR, "generator")
