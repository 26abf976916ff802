import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import confusion, curve, expect, expect_at_least, expect_close, expect_shape, probe, scatter

SEEN = 1400
EACH = 5
PRETRAINING = 80
STEPS, RATE = 200, 0.5


@probe
def chosen(submission, labels, each):
    return submission.few_labels(labels, each)


def bumpy(weights, device):
    """Linear, batch normalisation, ReLU, dropout: an encoder that depends on its mode; and its tensors."""
    out, wide = weights[0].shape
    encoder = nn.Sequential(nn.Linear(wide, out), nn.BatchNorm1d(out), nn.ReLU(), nn.Dropout(0.5)).double().to(device)
    tensors = [*encoder.parameters(), encoder[1].running_mean, encoder[1].running_var]
    for tensor, value in zip(tensors, weights, strict=True):
        tensor.data.copy_(value)
    return encoder, tensors


@probe
def probed(submission, weights, images, labels, classes, steps, rate, training, device):
    """Of the layer weight and bias; of the encoder tensors, whether gradients are left, mode, and what may learn."""
    encoder, tensors = bumpy(weights, device)
    encoder[0].bias.requires_grad_(False)  # somebody has frozen a part of it
    encoder.train(training)
    layer = submission.linear_probe(encoder, images.to(device), labels.to(device), classes, steps, rate)
    left = any(p.grad is not None for p in encoder.parameters())
    learns = [p.requires_grad for p in encoder.parameters()]
    return layer.weight, layer.bias, [t.detach().clone() for t in tensors], left, encoder.training, learns


@probe
def digits(submission, weights, images, labels, unseen, steps, rate, device):
    """Probe a pretrained encoder; return features and logits of the images not seen."""
    encoder = nn.Sequential(
        nn.Linear(weights[0].shape[1], len(weights[0])),
        nn.ReLU(),
        nn.Linear(len(weights[0]), len(weights[2])),
        nn.ReLU(),
    )
    for parameter, value in zip(encoder.parameters(), weights, strict=True):
        parameter.data = value.clone()
    encoder.to(device)
    layer = submission.linear_probe(encoder, images.to(device), labels.to(device), 10, steps, rate)
    with torch.no_grad():
        features = encoder.eval()(unseen.to(device))
        return features, layer(features)


def descended(features, labels, classes, steps, rate):
    """In the judge: weight and bias after gradient descent on the cross-entropy, from zero, by its closed form."""
    wanted = F.one_hot(labels, classes).to(features)
    both = torch.cat([features, torch.ones_like(features[:, :1])], dim=1)
    weight = torch.zeros(classes, both.shape[1], dtype=features.dtype)
    for _ in range(steps):
        logits = both @ weight.T
        share = (logits - logits.logsumexp(1, keepdim=True)).exp()
        weight = weight - rate * (share - wanted).T @ both / len(both)
    return weight[:, :-1], weight[:, -1]


@pytest.mark.parametrize("case", [(3, 2, 20), (1, 4, 9), (10, 5, 200), (4, 1, 4)], ids=str)
def test_few_labels(tensors, case):
    classes, each, count = case
    labels = torch.cat([torch.arange(classes).repeat(each), tensors.integers(classes, count - classes * each)])
    for order in (tensors.uniform(0, 1, count).argsort(), labels.argsort(descending=True, stable=True)):
        mixed = labels[order]
        wanted = [[i for i, label in enumerate(mixed.tolist()) if label == c][:each] for c in range(classes)]
        expect_close(chosen(mixed, each), torch.tensor(wanted).flatten(), what="few_labels(labels, each)")


CASES = ((6, 3, 4, 3), (1, 2, 3, 2), (9, 5, 2, 4))
every_case = pytest.mark.parametrize("case", CASES, ids=str)


def setting(tensors, case):
    """Tensors of the encoder (weight, bias, scale, shift, running mean and variance), images and labels."""
    count, wide, out, classes = case
    weights = [tensors(*size, dtype=torch.float64) for size in ((out, wide), (out,), (out,), (out,), (out,))]
    weights.append(tensors.uniform(0.5, 2, out, dtype=torch.float64))
    return weights, tensors.strided(count, wide, dtype=torch.float64), tensors.integers(classes, count), classes


def features_of(weights, images):
    """In the judge: with the running statistics, and without dropout."""
    weight, bias, scale, shift, mean, variance = weights
    return (((images @ weight.T + bias) - mean) / (variance + 1e-5).sqrt() * scale + shift).clamp(min=0)


@every_case
def test_probe(tensors, case):
    weights, images, labels, classes = setting(tensors, case)
    for steps, training in ((1, False), (25, False), (7, False)):
        weight, bias, *_ = probed(weights, images, labels, classes, steps, 0.3, training)
        wanted = descended(features_of(weights, images), labels, classes, steps, 0.3)
        expect_close(weight, wanted[0], what="weight")
        expect_close(bias, wanted[1], what="bias")


@every_case
def test_evaluation(tensors, case):
    weights, images, labels, classes = setting(tensors, case)
    if len(images) == 1:
        # A batch of one has no statistics of its own.
        images, labels = images.repeat(2, 1) + 1, labels.repeat(2)
    weight, bias, *_ = probed(weights, images, labels, classes, 10, 0.3, True)
    wanted = descended(features_of(weights, images), labels, classes, 10, 0.3)
    expect_close(weight, wanted[0], what="weight")
    expect_close(bias, wanted[1], what="bias")


@every_case
def test_frozen(tensors, case):
    weights, images, labels, classes = setting(tensors, case)
    images, labels = images.repeat(2, 1), labels.repeat(2)
    for training in (False, True):
        _, _, after, left, mode, learns = probed(weights, images, labels, classes, 5, 0.3, training)
        names = ("weight", "bias", "BatchNorm1d.weight", "BatchNorm1d.bias", "running_mean", "running_var")
        for value, before, name in zip(after, weights, names, strict=True):
            expect_close(value, before, what=f"encoder: {name}")
        expect(
            left is False,
            en="The encoder's parameters have gradients now; before they had none.",
            ja="エンコーダのパラメータに、それまでなかった勾配が残っています。",
        )
        expect(
            learns == [True, False, True, True],
            en="requires_grad of some parameters of the encoder is not what it was: nobody can go on training it.",
            ja="エンコーダのパラメータの requires_grad が渡されたときと違います。これでは学習を続けられません。",
        )
        expect(
            mode is training,
            en="The encoder came with training = {before}, and was left with training = {after}.",
            ja="エンコーダは training = {before} で渡されましたが、training = {after} になっています。",
            before=training,
            after=mode,
        )


def placed(images, tensors):
    """Each digit somewhere on a canvas of 12 by 12, whole, at a place drawn anew."""
    count = len(images)
    wide = F.pad(images.reshape(-1, 8, 8), (4, 4, 4, 4))
    rows, columns = (tensors.integers(5, count, 1) + torch.arange(12) for _ in range(2))
    return wide[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]].flatten(1)


def pretrain(images, tensors, steps):
    """Weights of an encoder that has learned, without labels, that a digit is the same wherever it stands (SimCLR)."""
    sizes = ((128, 144), (64, 128), (32, 64))
    layers = [nn.Linear(b, a) for a, b in sizes]
    for layer in layers:
        layer.weight.data = tensors(*layer.weight.shape) * (2 / layer.weight.shape[1]) ** 0.5
        layer.bias.data.zero_()
    encoder = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU())
    optimizer = torch.optim.Adam([p for layer in layers for p in layer.parameters()], lr=3e-3)
    diagonal = 1e9 * torch.eye(256)
    for step in range(steps):
        batch = images[tensors.integers(len(images), 128)]
        z = F.normalize(layers[2](encoder(torch.cat([placed(batch, tensors), placed(batch, tensors)]))), dim=1)
        loss = (2 * z @ z.T - diagonal).logsumexp(1).mean() - 2 * (z[:128] * z[128:]).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 5 == 0:
            curve("contrastive loss", loss)
    return [p.detach() for p in encoder.parameters()]


def scaled(x):
    """By one number, so that the mean square of the lengths is 4: one learning rate suits all."""
    return x * 2 / x.square().sum(1).mean().sqrt()


def plane(points):
    """The two directions in which points (N, D) spread most, (N, 2)."""
    points = points.double().nan_to_num(0, 0, 0).clamp(-1e6, 1e6)
    points = points - points.mean(0)
    return points @ torch.linalg.svd(points, full_matrices=False)[2][:2].T


def test_digits(module_tensors):
    data = load_digits()
    mixed = module_tensors.uniform(0, 1, len(data.target)).argsort()
    labels = torch.tensor(data.target)[mixed]
    images = torch.tensor(data.data, dtype=torch.float32)[mixed] / 16
    few = chosen(labels[:SEEN], EACH)
    expect_shape(few, (10 * EACH,), what="few_labels(labels, each)")
    weights = pretrain(images[:SEEN], module_tensors, PRETRAINING)
    canvas = placed(images, module_tensors)
    # Scaling the last layer scales the features, since ReLU does not mind.
    features = F.relu(F.relu(canvas @ weights[0].T + weights[1]) @ weights[2].T + weights[3])
    factor = 2 / features[:SEEN].square().sum(1).mean().sqrt()
    weights = [*weights[:2], factor * weights[2], factor * weights[3]]
    unseen, answers = canvas[SEEN:], labels[SEEN:]
    came, logits = digits(weights, canvas[few], labels[few], unseen, STEPS, RATE)
    expect_shape(logits, (len(unseen), 10), what="logits")
    pixels = scaled(canvas)
    weight, bias = descended(pixels[few], labels[few], 10, STEPS, RATE)
    raw = ((pixels[SEEN:] @ weight.T + bias).argmax(1) == answers).double().mean().item()
    confusion("unseen digits", answers, logits.argmax(1))
    scatter("features of unseen digits", plane(came), answers)
    expect_at_least(
        (logits.argmax(1) == answers).double().mean().item() - raw,
        0.1,
        en="how much more of the unseen digits is recognised from features than from raw pixels, 5 labels a class",
        ja="クラスあたり 5 個のラベルで、特徴量による未知の数字の正解率が、画素によるものを上回る量",
    )
