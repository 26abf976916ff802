import itertools

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.testing import (
    curve,
    expect,
    expect_at_least,
    expect_close,
    expect_finite,
    expect_gradient,
    expect_shape,
    gallery,
    probe,
)

COLOURS = ["red", "green", "blue"]
STEPS, BATCH, TRAINED_ON, UNSEEN = 300, 21, 3000, 300
SHAPES = torch.tensor(
    [
        [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]],
        [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 1.0]],
    ]
)


class Linear(nn.Module):
    """A network whose gradient is known in closed form, for the step alone."""

    def __init__(self, weight):
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, images, questions):
        return torch.cat((images.flatten(1), questions), dim=1) @ self.weight


@probe
def answers_for(submission, images, questions):
    network = submission.RelationNetwork().to(images.device).eval()
    return network(images, questions)


@probe
def answers_with(submission, state, images, questions, pull):
    """Logits under given weights, the gradient of their weighted sum for each parameter, names that were not found."""
    network = submission.RelationNetwork().to(images.device).eval()
    unknown = network.load_state_dict(state, strict=False).unexpected_keys
    logits = network(images, questions)
    if not isinstance(logits, torch.Tensor) or logits.shape != pull.shape or not logits.requires_grad:
        return logits, {}, unknown
    (logits * pull).sum().backward()
    return logits, {name: p.grad for name, p in network.named_parameters()}, unknown


@probe
def asked_alone(submission, seed, images, questions):
    """Logits of a batch, and of its images one by one, with their questions."""
    torch.manual_seed(seed)
    network = submission.RelationNetwork().to(images.device).eval()
    return network(images, questions), [network(images[n : n + 1], questions[n : n + 1]) for n in range(len(images))]


@probe
def steps_of(submission, weight, rate, batches):
    """What train_step returned for each batch, and the weight after each."""
    network = Linear(weight)
    optimizer = torch.optim.SGD(network.parameters(), lr=rate)
    came = []
    for images, questions, answers in batches:
        loss = submission.train_step(network, optimizer, images, questions, answers)
        came.append((loss, network.weight.detach().clone()))
    return came


@probe
def fit(submission, seed, scenes, counts, picked, mixed, unseen):
    """Train with all three questions about the scenes picked for each step; return the logits for unseen scenes."""
    torch.manual_seed(seed)
    network = submission.RelationNetwork().to(scenes.device).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.005)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.005, total_steps=len(picked))
    colours = torch.eye(3, device=scenes.device)
    for step, (which, order) in enumerate(zip(picked, mixed, strict=True)):
        scene, colour = which.repeat_interleave(3)[order], order % 3
        loss = submission.train_step(network, optimizer, scenes[scene], colours[colour], counts[scene, colour])
        schedule.step()
        if step % 4 == 0:
            curve("loss", loss)
    network.eval()
    with torch.no_grad():
        return network(unseen.repeat_interleave(3, dim=0), colours.repeat(len(unseen), 1))


def every_scene():
    """All 4,032 scenes, (n, 3, 12, 12), and for each colour how many others have its shape, (n, 3)."""
    places = torch.tensor(list(itertools.permutations(range(9), 3)))
    shapes = torch.tensor(list(itertools.product(range(2), repeat=3)))
    places, shapes = places.repeat_interleave(len(shapes), dim=0), shapes.repeat(len(places), 1)
    cells = torch.zeros(len(places), 9, 3, 4, 4)
    for colour in range(3):
        cells[torch.arange(len(places)), places[:, colour], colour] = SHAPES[shapes[:, colour]]
    images = cells.reshape(-1, 3, 3, 3, 4, 4).permute(0, 3, 1, 4, 2, 5).reshape(-1, 3, 12, 12)
    return images, (shapes.unsqueeze(2) == shapes.unsqueeze(1)).sum(2) - 1


@pytest.fixture(scope="module")
def outcome(module_tensors, seed):
    """Whether each of three questions about each scene that was not trained on is answered rightly, (UNSEEN, 3)."""
    scenes, counts = every_scene()
    order = module_tensors(len(scenes)).argsort()
    trained, unseen = order[:TRAINED_ON], order[TRAINED_ON : TRAINED_ON + UNSEEN]
    picked = module_tensors.integers(TRAINED_ON, STEPS, BATCH)
    mixed = module_tensors(STEPS, 3 * BATCH).argsort(1)
    logits = fit(seed, scenes[trained], counts[trained], picked, mixed, scenes[unseen])
    expect_shape(logits, (3 * UNSEEN, 3), what="logits")
    predicted = logits.argmax(1).reshape(UNSEEN, 3)
    right = predicted == counts[unseen]
    colours = [n % 3 for n in range(12)]
    shown = torch.arange(12)
    gallery(
        "how many others have the shape of …?",
        scenes[unseen[:12]],
        [f"{COLOURS[c]}: {int(predicted[n, c])}" for n, c in enumerate(colours)],
        right[shown, torch.tensor(colours)],
        low=0,
        high=1,
    )
    return right


@pytest.mark.parametrize("images", [1, 5])
def test_logits(tensors, images):
    scenes, _ = every_scene()
    questions = F.one_hot(tensors.integers(3, images), 3).float()
    logits = answers_for(scenes[tensors.integers(len(scenes), images)], questions)
    expect_shape(logits, (images, 3), what="logits")
    expect_finite(logits, what="logits")


def test_question(tensors, seed):
    scenes, _ = every_scene()
    images = scenes[tensors.integers(len(scenes), 2)].repeat_interleave(3, dim=0)
    together, alone = asked_alone(seed, images, torch.eye(3).repeat(2, 1))
    expect_shape(together, (6, 3), what="logits")
    for n, logits in enumerate(alone):
        expect_shape(logits, (1, 3), what="logits")
        expect_close(together[n : n + 1], logits.detach(), what=f"logits[{n}]", rtol=1e-3, atol=1e-4)
    of_scene = together.reshape(2, 3, 3)
    nearest = float((of_scene - of_scene.roll(1, dims=1)).abs().amax(2).min())
    expect(
        nearest > 1e-3,
        en="Two questions about the same scene get the same logits.",
        ja="同じシーンについての 2 つの質問に、同じロジットが返ってきました。",
    )


def weights_for(tensors):
    """Weights for the parts of the stub, by their names."""

    def layer(name, out, given, *window):
        return {f"{name}.weight": tensors(out, given, *window) / given**0.5, f"{name}.bias": tensors(out)}

    state = {**layer("cnn.0", 24, 3, 4, 4), **layer("g.0", 64, 55), **layer("g.2", 64, 64)}
    state |= {**layer("f.0", 64, 64), **layer("f.2", 3, 64)}
    state |= {"cnn.1.weight": tensors(24), "cnn.1.bias": tensors(24)}
    return state | {"cnn.1.running_mean": tensors(24), "cnn.1.running_var": tensors.uniform(0.5, 2, 24)}


def expected_logits(state, images, questions):
    """Cell by cell and pair by pair, as the equation stands."""
    norm = state["cnn.1.weight"] / (state["cnn.1.running_var"] + 1e-5).sqrt()
    objects = []
    for row in range(3):
        for column in range(3):
            cell = images[:, :, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
            seen = torch.einsum("bcij,ocij->bo", cell, state["cnn.0.weight"]) + state["cnn.0.bias"]
            seen = (norm * (seen - state["cnn.1.running_mean"]) + state["cnn.1.bias"]).relu()
            place = torch.tensor([column - 1, row - 1], dtype=seen.dtype)
            objects.append(torch.cat((seen, place.expand(len(seen), 2)), dim=1))
    total = 0
    for a in objects:
        for b in objects:
            hidden = torch.cat((a, b, questions), dim=1) @ state["g.0.weight"].T + state["g.0.bias"]
            total = total + (hidden.relu() @ state["g.2.weight"].T + state["g.2.bias"]).relu()
    hidden = (total @ state["f.0.weight"].T + state["f.0.bias"]).relu()
    return hidden @ state["f.2.weight"].T + state["f.2.bias"]


@pytest.fixture
def compared(tensors):
    """Images with objects of any brightness, weights, and what came for them."""
    scenes, _ = every_scene()
    images = scenes[tensors.integers(len(scenes), 4)] * tensors.uniform(0.5, 1.5, 4, 1, 1, 1)
    questions, pull, state = torch.eye(3)[torch.tensor([2, 0, 1, 0])], tensors(4, 3), weights_for(tensors)
    state["f.0.weight"] = state["f.0.weight"] / 81
    came = answers_with(state, images, questions, pull)
    wide = {name: value.double() for name, value in state.items()}
    return came, wide, images.double(), questions.double(), pull.double()


def test_equation(compared):
    (came, _, unknown), state, images, questions, _ = compared
    expect(
        not unknown,
        en="The network has no {names}: keep cnn, g and f as the stub makes them.",
        ja="ネットワークに {names} がありません。cnn、g、f はスタブのまま残してください。",
        names=", ".join(unknown),
    )
    expect_close(came, expected_logits(state, images, questions).float(), what="logits", rtol=1e-4, atol=1e-4)


def test_gradients(compared):
    (came, arrived, _), state, images, questions, pull = compared
    expect_shape(came, tuple(pull.shape), what="logits")
    leaves = {name: value.requires_grad_() for name, value in state.items() if "running" not in name}
    total = (expected_logits(state, images, questions) * pull).sum()
    for name, gradient in zip(leaves, torch.autograd.grad(total, list(leaves.values())), strict=True):
        size = float(gradient.abs().max())
        what = f"∂ Σ weights · logits / ∂ {name}"
        expect_gradient(arrived.get(name), gradient.float(), what=what, rtol=1e-3, atol=1e-4 * size)


def test_step(tensors):
    scenes, counts = every_scene()
    weight, batches, expected = 0.1 * tensors(435, 3, dtype=torch.float64), [], []
    after = weight
    for n in (5, 1, 8):
        which, colour = tensors.integers(len(scenes), n), tensors.integers(3, n)
        images, questions, answers = scenes[which].double(), F.one_hot(colour, 3).double(), counts[which, colour]
        batches.append((images, questions, answers))
        x = torch.cat((images.flatten(1), questions), dim=1)
        log_p = (x @ after) - (x @ after).logsumexp(1, keepdim=True)
        loss = -log_p.gather(1, answers.unsqueeze(1)).mean()
        after = after - 0.05 * x.T @ (log_p.exp() - F.one_hot(answers, 3)) / n
        expected.append((loss, after))
    for k, (came, wanted) in enumerate(zip(steps_of(weight, 0.05, batches), expected, strict=True)):
        expect_close(came[0], wanted[0], what=f"train_step(batch {k})")
        expect_close(came[1], wanted[1], what=f"weight after step {k}")


def test_unseen(outcome):
    expect_at_least(
        outcome.double().mean(),
        0.9,
        en="the share of right answers about scenes that were not trained on",
        ja="学習に使っていないシーンについての正解率",
    )


def test_every_question(outcome):
    expect_at_least(
        outcome.all(1).double().mean(),
        0.7,
        en="the share of unseen scenes about which all three questions are answered rightly",
        ja="学習に使っていないシーンのうち、3 つの質問すべてに正しく答えられたものの割合",
    )
