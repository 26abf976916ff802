import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import curve, expect, expect_at_least, expect_close, expect_shape, gallery, probe

CLASSES, PER_CLASS, DRAWS = 5, 10, 3
COPIES = 4  # of each digit for the pretraining, each in another light
PRETRAINING, BATCH, STEPS = 200, 48, 30
# Other rates for training from scratch, or 100 steps, change its accuracy by less than 0.04.
SOURCE_LR, HEAD_LR, BODY_LR, SCRATCH_LR = 0.008, 0.02, 0.005, 0.01


class Net(nn.Module):
    """Three convolutions, the largest answer of each map, and a head. The same for all three kinds of training."""

    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(
            *(nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.ReLU()),
            *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1), nn.ReLU()),
            *(nn.AdaptiveMaxPool2d(1), nn.Flatten()),
        )
        self.head = nn.Linear(32, classes)

    def forward(self, images):
        return self.head(self.body(images))


class Small(nn.Module):
    """Linear, tanh, linear: its gradients are known."""

    def __init__(self, given, hidden, classes):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(given, hidden), nn.Tanh())
        self.head = nn.Linear(hidden, classes)

    def forward(self, x):
        return self.head(self.body(x))


def small_of(state):
    hidden, given = state["body.0.weight"].shape
    network = Small(given, hidden, len(state["head.bias"])).to(state["head.bias"])
    network.load_state_dict(state)
    return network


@probe
def moved_over(submission, seed, state, classes, x):
    """Parameters of the new network, its logits, what learns; the source, and again after the new one was changed."""
    torch.manual_seed(seed)
    source = small_of(state)
    network = submission.transferred(source, classes).to(x.device)
    logits = network(x)
    found = {name: p.detach().clone() for name, p in network.named_parameters()}
    learns = [p.requires_grad for p in network.parameters()]
    before = {name: p.detach().clone() for name, p in source.named_parameters()}
    with torch.no_grad():
        for p in network.parameters():
            p.add_(1.0)
    after = {name: p.detach().clone() for name, p in source.named_parameters()}
    return found, logits, learns, before, after


@probe
def fitted(submission, state, stale, images, labels, batches, head_lr, body_lr):
    """Losses, and the parameters afterwards; gradients from before, if any, must not count."""
    network = small_of(state)
    for p in network.parameters():
        if stale:
            p.grad = torch.full_like(p, 5.0)
    losses = submission.fit(network, images, labels, batches, head_lr, body_lr)
    wants_gradient = isinstance(losses, torch.Tensor) and losses.requires_grad
    return losses, wants_gradient, {name: p.detach() for name, p in network.named_parameters()}


@probe
def transfer(submission, seed, settings, images, labels, batches, few, few_labels, few_batches, unseen):
    """Pretrain once; then for each draw of a few labelled images a network of its own. Logits for its unseen images."""
    torch.manual_seed(seed)
    source_lr, head_lr, body_lr = settings
    source = Net(CLASSES).to(images.device)
    for loss in submission.fit(source, images, labels, batches, source_lr, source_lr):
        curve("loss/0 to 4", loss)
    came = []
    for n in range(len(few)):
        network = submission.transferred(source, CLASSES).to(images.device)
        for loss in submission.fit(network, few[n], few_labels[n], few_batches, head_lr, body_lr):
            if n == 0:
                curve("loss/transferred", loss)
        with torch.no_grad():
            came.append(network(unseen[n]))
    return came


def adam_steps(state, images, labels, batches, head_lr, body_lr):
    """Losses and parameters, with Adam as it was published."""
    values = {name: value.clone() for name, value in state.items()}
    memory = {name: (torch.zeros_like(v), torch.zeros_like(v)) for name, v in values.items()}
    losses = []
    for t, batch in enumerate(batches, start=1):
        leaves = {name: v.detach().requires_grad_() for name, v in values.items()}
        hidden = (images[batch] @ leaves["body.0.weight"].T + leaves["body.0.bias"]).tanh()
        logits = hidden @ leaves["head.weight"].T + leaves["head.bias"]
        loss = (logits.logsumexp(1) - logits.gather(1, labels[batch].unsqueeze(1)).squeeze(1)).mean()
        losses.append(loss.detach())
        for name, gradient in zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True):
            first, second = memory[name]
            first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
            memory[name] = first, second
            step = first / (1 - 0.9**t) / ((second / (1 - 0.999**t)).sqrt() + 1e-8)
            values[name] = values[name] - (head_lr if name.startswith("head") else body_lr) * step
    return torch.stack(losses), values


def small_state(tensors, classes=4, dtype=torch.float64):
    shapes = {"body.0.weight": (6, 5), "body.0.bias": (6,), "head.weight": (classes, 6), "head.bias": (classes,)}
    return {name: tensors(*shape, dtype=dtype) for name, shape in shapes.items()}


@pytest.fixture
def over(tensors, seed):
    state, x = small_state(tensors, classes=4, dtype=torch.float32), tensors(7, 5)
    return state, x, *moved_over(seed, state, 4, x)


def test_body(over):
    state, _, found, logits, learns, _, _ = over
    expect_shape(logits, (7, 4), what="logits")
    for name in ("body.0.weight", "body.0.bias"):
        expect(
            name in found,
            en="The new network should have a body and a head, as the source has; it has no {name}.",
            ja="新しいネットワークにも、元と同じく body と head が必要ですが、{name} がありません。",
            name=name,
        )
        expect_close(found[name], state[name], what=name)
    expect(
        all(learns),
        en="All of the new network should learn, but {count} of its parameters are frozen.",
        ja="新しいネットワークは全体が学習するはずですが、{count} 個のパラメータが凍結されています。",
        count=learns.count(False),
    )


def test_head(over, tensors, seed):
    state, x, found, logits, _, _, _ = over
    for classes in (4, 2, 9):
        if classes != 4:
            found, logits, _, _, _ = moved_over(seed, state, classes, x)
        expect_shape(logits, (7, classes), what="logits")
        expect(
            "head.weight" in found and "head.bias" in found,
            en="The new network should have a head with weight and bias.",
            ja="新しいネットワークには、重みとバイアスをもつ head が必要です。",
        )
        expect_shape(found["head.weight"], (classes, 6), what="head.weight")
        hidden = (x @ state["body.0.weight"].T + state["body.0.bias"]).tanh()
        expect_close(logits, hidden @ found["head.weight"].T + found["head.bias"], what="logits", atol=1e-5)
        kept = (found["head.weight"].unsqueeze(1) == state["head.weight"]).all(2).any()
        expect(
            not bool(kept) and bool(found["head.weight"].std() > 0),
            en="The head should be new, with random weights of its own: the old one knows the old classes.",
            ja="ヘッドは、独自のランダムな重みをもつ新しいものにします。古いヘッドが知っているのは古いクラスです。",
        )


def test_source(over):
    state, _, _, _, _, before, after = over
    for name, value in state.items():
        expect(
            name in before and name in after,
            en="The source has lost its {name}.",
            ja="元のネットワークから {name} がなくなりました。",
            name=name,
        )
        expect_close(before[name], value, what=f"source.{name}")
        expect_close(after[name], value, what=f"source.{name}")


@pytest.mark.parametrize(("head_lr", "body_lr"), [(0.05, 0.01), (0.02, 0.0), (0.01, 0.03)])
def test_fit(tensors, head_lr, body_lr):
    state = small_state(tensors)
    images, labels = tensors(11, 5, dtype=torch.float64), tensors.integers(4, 11)
    for size, stale in ((4, False), (1, True)):
        batches = tensors.integers(11, 6, size)
        losses, wants_gradient, values = fitted(state, stale, images, labels, batches, head_lr, body_lr)
        expected_losses, expected = adam_steps(state, images, labels, batches, head_lr, body_lr)
        expect_close(losses, expected_losses, what="fit(…)", rtol=1e-6, check_dtype=False)
        for name, value in expected.items():
            expect_close(values[name], value, what=name, rtol=1e-6, atol=1e-8)
        expect(
            not wants_gradient,
            en="The losses should be detached: kept with their graphs, they keep every step in memory.",
            ja="損失は計算グラフから切り離して返します。つながったままだと、全ステップがメモリに残ります。",
        )


def lit(digits, draw):
    """Each digit of 8 x 8 pixels, light on dark or dark on light, with more light from one side."""
    sign = 2.0 * draw.integers(2, len(digits), 1, 1) - 1.0
    right, down = draw(len(digits), 1, 1), draw(len(digits), 1, 1)
    place = torch.linspace(-1, 1, 8)
    return (sign * digits + right * place + down * place.unsqueeze(1)).unsqueeze(1)


def from_scratch(seed, images, labels, batches, unseen):
    """The same network, without pretraining, with as many steps."""
    torch.manual_seed(seed)
    network = Net(CLASSES)
    optimizer = torch.optim.Adam(network.parameters(), lr=SCRATCH_LR)
    for batch in batches:
        loss = F.cross_entropy(network(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if seed % 1000 == 0:
            curve("loss/from scratch", loss)
    with torch.no_grad():
        return network(unseen)


@pytest.fixture(scope="module")
def outcome(module_tensors, seed):
    """Accuracies on the unseen digits of each draw: transferred, and from scratch."""
    data = load_digits()
    digits, target = torch.tensor(data.images, dtype=torch.float32) / 16, torch.tensor(data.target)
    low, high = digits[target < CLASSES], digits[target >= CLASSES]
    images = torch.cat([lit(low, module_tensors) for _ in range(COPIES)])
    labels = target[target < CLASSES].repeat(COPIES)
    pictures, of_high = lit(high, module_tensors), target[target >= CLASSES] - CLASSES
    few, rest = [], []
    for _ in range(DRAWS):
        order = module_tensors(len(pictures)).argsort()
        chosen = torch.cat([order[of_high[order] == c][:PER_CLASS] for c in range(CLASSES)])
        few.append(chosen)
        rest.append(torch.tensor(sorted(set(range(len(pictures))) - set(chosen.tolist()))))
    batches = module_tensors.integers(len(images), PRETRAINING, BATCH)
    few_batches = torch.arange(PER_CLASS * CLASSES).repeat(STEPS, 1)
    arguments = [[pictures[c] for c in few], [of_high[c] for c in few], few_batches, [pictures[r] for r in rest]]
    logits = transfer(seed, [SOURCE_LR, HEAD_LR, BODY_LR], images, labels, batches, *arguments)
    accuracies, of_scratch = [], []
    for n, (chosen, others) in enumerate(zip(few, rest, strict=True)):
        expect_shape(logits[n], (len(others), CLASSES), what="logits")
        right = logits[n].argmax(1) == of_high[others]
        accuracies.append(right.double().mean())
        scratch = from_scratch(1000 * seed + n, pictures[chosen], of_high[chosen], few_batches, pictures[others])
        of_scratch.append((scratch.argmax(1) == of_high[others]).double().mean())
        if n == 0:
            told = [str(int(k) + CLASSES) for k in logits[n][:16].argmax(1)]
            gallery("unseen digits, transferred", pictures[others[:16], 0], told, right[:16])
    return torch.stack(accuracies), torch.stack(of_scratch)


def test_accuracy(outcome):
    expect_at_least(
        outcome[0].mean(),
        0.5,
        en="the accuracy of the transferred network on unseen digits 5 to 9 (mean of three draws)",
        ja="転移したネットワークの、未知の数字 5～9 に対する正解率（3 回の平均）",
    )


def test_gain(outcome):
    transferred, scratch = outcome
    expect_at_least(
        (transferred - scratch).mean(),
        0.12,
        en="what the transfer gains over training from scratch (mean of three draws)",
        ja="最初から学習したときと比べた、転移による正解率の向上（3 回の平均）",
    )
