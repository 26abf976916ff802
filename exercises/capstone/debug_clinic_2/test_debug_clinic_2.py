import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import curve, expect, expect_at_least, expect_close, probe

RATE = 0.2


@probe
def parts(submission, images, labels, share, seed):
    """Images and labels of both parts, as they come from split and from prepare."""
    data = submission.Data(images, labels)
    both = submission.split(data, share, torch.Generator().manual_seed(seed))
    ready = submission.prepare(data, share, torch.Generator().manual_seed(seed))
    return [list(part) for part in both], [list(part) for part in ready]


@probe
def standardised(submission, train, test):
    train, test = submission.standardise(submission.Data(*train), submission.Data(*test))
    return [list(train), list(test)]


@probe
def epochs_of(submission, images, labels, size, noise, seed, chance=0):
    """Two epochs of batches from one generator, and what is stored afterwards; chance: for torch's own generators."""
    torch.manual_seed(chance)
    data, generator = submission.Data(images, labels), torch.Generator().manual_seed(seed)
    epochs = [[list(batch) for batch in submission.batches_of(data, size, noise, generator)] for _ in range(2)]
    return epochs, images, labels


@probe
def trained(submission, weight, bias, images, labels, epochs, rate, size, noise, seed):
    model = nn.Linear(weight.shape[1], weight.shape[0]).to(weight)
    model.load_state_dict({"weight": weight, "bias": bias})
    generator = torch.Generator().manual_seed(seed)
    data = submission.Data(images, labels)
    submission.train_model(model, data, epochs=epochs, rate=rate, size=size, noise=noise, generator=generator)
    return model.weight, model.bias, images


@probe
def digits_learned(submission, images, labels, seed, device):
    """Prepared and learned, a few epochs at a time; logits for the test set, and its labels."""
    generator = torch.Generator().manual_seed(seed)
    train, test = submission.prepare(submission.Data(images, labels), 0.25, generator)
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).to(device)
    for _ in range(5):
        submission.train_model(model, train, epochs=2, rate=0.2, size=32, noise=0.5, generator=generator)
        curve("accuracy", (model(test.images).argmax(dim=1) == test.labels).float().mean())
    return model(test.images), test.labels, test.images


def numbered(tensors, n, *shape):
    """Images of which the first pixel holds 1000 · i, in float64; their labels are i."""
    images = tensors(n, *shape, dtype=torch.float64)
    images.reshape(n, -1)[:, 0] = 1000 * torch.arange(n)
    return images, torch.arange(n)


def numbers_in(images):
    return (images.reshape(len(images), -1)[:, 0] / 1000).round().long()


def by_hand(train, test):
    """Both standardised with the moments of the first."""
    n = len(train)
    mean = train.sum(dim=0) / n
    deviation = ((train - mean) ** 2).sum(dim=0).div(n) ** 0.5
    deviation[deviation == 0] = 1
    return [(images - mean) / deviation for images in (train, test)]


@pytest.mark.parametrize("case", [(41, 0.25), (30, 0.1), (8, 0.5)], ids=str)
def test_split(tensors, seed, case):
    n, share = case
    images, labels = numbered(tensors, n, 2, 3)
    both, _ = parts(images, labels, share, seed)
    numbers = []
    for part_images, part_labels in both:
        expect_close(part_images, images[numbers_in(part_images)], what="split → images")
        expect(
            torch.equal(numbers_in(part_images), part_labels),
            en="After split images have other labels than before.",
            ja="split のあと、画像のラベルが元と変わっています。",
        )
        numbers.append(part_labels)
    common = set(numbers[0].tolist()) & set(numbers[1].tolist())
    expect(
        not common,
        en="Of {n} samples {count} are in the training set and in the test set.",
        ja="{n} 個のサンプルのうち {count} 個が、学習データとテストデータの両方に入っています。",
        n=n,
        count=len(common),
    )
    expect(
        len(numbers[1]) == int(share * n) and sorted(torch.cat(numbers).tolist()) == list(range(n)),
        en="Of {n} samples the test set should hold {test} and the training set all others, each once.",
        ja="{n} 個のサンプルのうち、テストデータに {test} 個、残りが 1 回ずつ学習データに入るはずです。",
        n=n,
        test=int(share * n),
    )
    again = [sorted(parts(images, labels, share, seed + i)[0][1][1].tolist()) for i in range(4)]
    expect(
        again[0] == sorted(numbers[1].tolist()) and len({tuple(one) for one in again}) > 1,
        en="Which samples go into the test set should be drawn from the generator.",
        ja="どのサンプルをテストデータに入れるかは、generator で選ぶはずです。",
    )


@pytest.mark.parametrize("shape", [(5,), (2, 3)], ids=str)
def test_statistics(tensors, shape):
    train, test = 3 * tensors(9, *shape, dtype=torch.float64) + 1, 5 * tensors(4, *shape, dtype=torch.float64) - 2
    train.reshape(9, -1)[:, 1] = 0.5  # a pixel that is the same in all training images
    labels = tensors.integers(7, 9), tensors.integers(7, 4)
    came = standardised((train, labels[0]), (test, labels[1]))
    names, expected = ("train", "test"), by_hand(train, test)
    for name, (images, kept), wanted, given in zip(names, came, expected, labels, strict=True):
        expect_close(images, wanted, what=f"{name}.images")
        expect_close(kept, given, what=f"{name}.labels")
    # Other test images: the training set does not notice, and neither do test images that stay.
    other = test.clone()
    other[1:] += 100
    (images, _), (seen, _) = standardised((train, labels[0]), (other, labels[1]))
    expect_close(images, came[0][0], what="train.images")
    expect_close(seen[:1], came[1][0][:1], what="test.images")


def test_noise(tensors, seed):
    images, labels = numbered(tensors, 300, 8)
    noise = 0.5
    epochs, stored, _ = epochs_of(images.clone(), labels, 64, noise, seed)
    expect_close(stored, images, what="data.images")
    added = []
    for batches in epochs:
        came = torch.cat([batch for batch, _ in batches])
        numbers = numbers_in(came)
        added.append((came - images[numbers])[numbers.argsort()])
    for values in added:
        # 2,400 standard normal values: mean and deviation are within 0.02 and 0.015 of 0 and 1.
        expect_close(values.mean().item() / noise, 0.0, what="noise → mean", atol=0.12)
        expect_close(values.std().item() / noise, 1.0, what="noise → std", rtol=0.1)
        expect(
            bool((values.std(dim=0) > 0.3 * noise).all()),
            en="Every image should receive noise of its own.",
            ja="ノイズは画像ごとに違うはずです。",
        )
        expect_close((values / noise).pow(4).mean().item(), 3.0, what="noise → 4th moment", rtol=0.35)
    expect_close((added[0] * added[1]).mean().item() / noise**2, 0.0, what="epoch 1 · epoch 2", atol=0.12)
    again, _, _ = epochs_of(images.clone(), labels, 64, noise, seed, 1)
    expect_close(again[0][0][0], epochs[0][0][0], what="batches_of → images")


@pytest.mark.parametrize("case", [(23, 5), (24, 8), (7, 30)], ids=str)
def test_pairs(tensors, seed, case):
    n, size = case
    images, labels = numbered(tensors, n, 3)
    epochs, _, _ = epochs_of(images, labels, size, 0.0, seed)
    orders, sizes = [], [len(part) for part in labels.split(size)]
    again, _, _ = epochs_of(images, labels, size, 0.0, seed, 1)
    expect_close(again[0][0][1], epochs[0][0][1], what="batches_of → labels")
    for batches in epochs:
        for batch_images, batch_labels in batches:
            wrong = int((numbers_in(batch_images) != batch_labels).sum())
            expect(
                wrong == 0,
                en="In a batch of {count} images, {wrong} have the label of another image.",
                ja="{count} 枚のバッチのうち、{wrong} 枚に別の画像のラベルがついています。",
                count=len(batch_labels),
                wrong=wrong,
            )
            expect_close(batch_images, images[batch_labels], what="batches_of → images")
        orders.append(torch.cat([batch_labels for _, batch_labels in batches]).tolist())
        expect(
            sorted(orders[-1]) == list(range(n)) and [len(own) for _, own in batches] == sizes,
            en="An epoch should hold each sample once, in batches of {size} and a last one with the rest.",
            ja="1 エポックには各サンプルが 1 回ずつ、大きさ {size} のバッチと、余りの最後のバッチに入るはずです。",
            size=size,
        )
    expect(
        list(range(n)) not in orders and orders[0] != orders[1],
        en="The order should be drawn anew for each epoch.",
        ja="順序はエポックごとに選び直すはずです。",
    )


def test_whole(tensors, seed):
    images, labels = numbered(tensors, 20, 4)
    _, ready = parts(images, labels, 0.3, seed)
    (train, of_train), (test, of_test) = ready
    for came, expected in zip((train, test), by_hand(images[of_train], images[of_test]), strict=True):
        expect_close(came, expected, what="prepare → images")
    # All samples in one batch: the order within it changes nothing.
    weight, bias = tensors(3, 4, dtype=torch.float64), tensors(3, dtype=torch.float64)
    images, labels = tensors(14, 4, dtype=torch.float64), tensors.integers(3, 14)
    *came, stored = trained(weight, bias, images, labels, 3, RATE, 14, 0.0, seed)
    for _step in range(3):
        error = (images @ weight.T + bias).softmax(dim=1)
        error[range(14), labels] -= 1
        weight, bias = weight - RATE * error.T @ images / 14, bias - RATE * error.mean(dim=0)
    expect_close(came[0], weight, what="model.weight")
    expect_close(came[1], bias, what="model.bias")
    # With noise, and in more than one batch, it learns from other images, and more often.
    for size, noise in ((14, 0.5), (7, 0.0)):
        moved, _, stored = trained(weight, bias, images.clone(), labels, 1, RATE, size, noise, seed)
        plain, _, _ = trained(weight, bias, images, labels, 1, RATE, 14, 0.0, seed)
        expect(
            not torch.allclose(moved, plain) and torch.equal(stored, images),
            en="train_model should train on batches of the given size, with the noise that it is given.",
            ja="train_model は、渡された大きさのバッチと、渡された強さのノイズで学習するはずです。",
        )


def test_digits(tensors, seed):
    images, labels = (torch.tensor(a) for a in load_digits(return_X_y=True))
    order = tensors.uniform(0, 1, len(labels)).argsort()
    images, labels = images[order].float() / 16, labels[order]
    logits, answers, _ = digits_learned(images, labels, seed)
    expect(
        tuple(logits.shape) == (int(0.25 * len(labels)), 10) and len(answers) == len(logits),
        en="Of 1,797 digits 449 should be in the test set.",
        ja="数字 1,797 枚のうち、449 枚がテストデータに入るはずです。",
    )
    expect_at_least(
        (logits.argmax(dim=1) == answers).double().mean().item(),
        0.95,
        en="the accuracy on the test set",
        ja="テストデータでの正解率",
    )
