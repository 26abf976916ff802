import math
import tempfile
from pathlib import Path

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.optim import optimizer as optimizers

from tutor.testing import confusion, curve, expect, expect_at_least, expect_at_most, expect_close, gallery, probe

SEEN = 1400
HELD_OUT = 61
"""Of 122 images; a prime, so that no other number of images has the same shares, but for 0 and 1."""
KEYS = ("train_loss", "valid_accuracy")
EPOCHS = 10
SETTINGS = {"rate": 0.005, "size": 64, "width": 12, "held_out": 0.15}


class Plug(BaseException):
    """Somebody pulled it."""


class Steps:
    """Counts the steps of all optimizers, and pulls the plug after some of them."""

    def __init__(self, most=None):
        self.count, self.most = 0, most

    def __enter__(self):
        self.handle = optimizers.register_optimizer_step_post_hook(self.note)
        return self

    def __exit__(self, *_):
        self.handle.remove()

    def note(self, *_):
        self.count += 1
        if self.count == self.most:
            raise Plug


class Modes:
    """Of each layer that has two modes: how often it was called in train mode, with a graph and without."""

    def __init__(self):
        self.calls = {}

    def __enter__(self):
        self.handle = register_module_forward_pre_hook(self.note)
        return self

    def __exit__(self, *_):
        self.handle.remove()

    def note(self, module, _):
        if isinstance(module, nn.modules.batchnorm._BatchNorm | nn.modules.dropout._DropoutNd):
            counts = self.calls.setdefault(module, [0, 0])
            if module.training:
                counts[torch.is_grad_enabled()] += 1


@probe
def learned(submission, images, labels, hidden, settings):
    """A whole training; predictions for hidden images, and for some of them alone and among white ones."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "digits.pt")
        with Modes() as modes, Steps() as steps:
            history = submission.train(images, labels, path, **settings)
        for epoch in history:
            curve("loss", epoch["train_loss"])
            curve("accuracy", epoch["valid_accuracy"])
        torch.manual_seed(1)  # what predict gives hangs on the file alone
        together = submission.predict(hidden, path)
        alone = torch.cat([submission.predict(image, path) for image in hidden[:40].split(1)])
        crowd = torch.full_like(hidden, 16)
        crowded = submission.predict(torch.cat([hidden[:40], crowd]), path)[:40]
    return history, together, alone, crowded, steps.count, list(modes.calls.values())


@probe
def memorised(submission, images, labels, settings):
    """The history of a training with labels that say nothing about the images."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "noise.pt")
        return submission.train(images, labels, path, **settings)


@probe
def interrupted(submission, images, labels, settings):
    """Without an interruption; with one in the third epoch, then to the end; and once more, when all is done."""
    with tempfile.TemporaryDirectory() as folder:
        whole, broken = Path(folder, "whole.pt"), Path(folder, "broken.pt")
        torch.manual_seed(1)
        with Steps() as first:
            history = submission.train(images, labels, whole, **settings)
        torch.manual_seed(2)
        an_epoch = first.count // settings["epochs"]
        left = False
        with Steps(2 * an_epoch + max(1, an_epoch // 2)) as second:
            try:
                submission.train(images, labels, broken, **settings)
            except Plug:
                left = broken.exists()
        torch.manual_seed(3)
        with Steps() as third:
            resumed = submission.train(images, labels, broken, **settings)
        with Steps() as fourth:
            again = submission.train(images, labels, broken, **settings)
        predictions = [submission.predict(images, path) for path in (whole, broken)]
    counts = [steps.count for steps in (first, second, third, fourth)]
    return history, resumed, again, left, counts, predictions


@probe
def reported(submission, target, predicted, classes):
    came = dict(submission.report(target, predicted, classes))
    # Whoever divides in float32 makes no other mistakes than whoever divides in float64.
    for name in ("precision", "recall"):
        if isinstance(came.get(name), torch.Tensor):
            came[name] = came[name].double()
    return came


def digits(tensors):
    images, labels = (torch.tensor(a) for a in load_digits(return_X_y=True))
    order = tensors.uniform(0, 1, len(labels)).argsort()
    return images[order].float().reshape(-1, 8, 8), labels[order]


def check_history(history, epochs):
    history = history if isinstance(history, list) and all(isinstance(one, dict) for one in history) else []
    figures = [one.get(key) for one in history for key in KEYS]
    expect(
        len(history) == epochs and all(isinstance(value, float) and math.isfinite(value) for value in figures),
        en="train should return a train_loss and a valid_accuracy for each of {epochs} epochs; {count} came.",
        ja="train は {epochs} エポック分の train_loss と valid_accuracy を返すはずですが、{count} 個でした。",
        epochs=epochs,
        count=len(history),
    )


def check_classes(came, count):
    expect(
        isinstance(came, torch.Tensor) and came.dtype == torch.int64 and tuple(came.shape) == (count,),
        en="predict should return class indices: int64, one for each image.",
        ja="predict はクラスの番号を、画像ごとに 1 つずつ int64 で返すはずです。",
    )


@pytest.fixture(scope="module")
def work(module_tensors, seed):
    images, labels = digits(module_tensors)
    settings = SETTINGS | {"epochs": EPOCHS, "seed": seed}
    return images, labels, *learned(images[:SEEN], labels[:SEEN], images[SEEN:], settings)


@pytest.mark.parametrize("case", [(3, 20), (10, 12), (2, 1)], ids=str)
def test_report(tensors, case):
    classes, n = case
    # The last class is never predicted, and the one before it never there.
    target = tensors.integers(classes, n)
    predicted = torch.where(tensors.uniform(0, 1, n) < 0.5, target, tensors.integers(classes, n)) % max(1, classes - 1)
    if classes > 2:
        target[target == classes - 2] = 0
    came = reported(target, predicted, classes)
    counts = torch.zeros(classes, classes, dtype=torch.int64)
    for t, p in zip(target.tolist(), predicted.tolist(), strict=True):
        counts[t, p] += 1
    expect_close(came["confusion"], counts, what='report["confusion"]')
    right = sum(counts[i, i].item() for i in range(classes))
    expect_close(float(came["accuracy"]), right / n, what='report["accuracy"]')
    for name, sums in (("precision", counts.sum(0)), ("recall", counts.sum(1))):
        share = [counts[i, i].item() / sums[i].item() if sums[i] else 0.0 for i in range(classes)]
        wanted = torch.tensor(share, dtype=torch.float64)
        expect_close(came[name], wanted, what=f'report["{name}"]', check_dtype=False, rtol=1e-5, atol=1e-6)


def test_leakage(tensors, seed):
    # Labels drawn at random: nobody can know those of images that were held out.
    images, _ = digits(tensors)
    images, labels = images[: 2 * HELD_OUT], tensors.integers(10, 2 * HELD_OUT)
    settings = SETTINGS | {"epochs": 20, "seed": seed, "rate": 0.01, "size": 20, "held_out": 0.5}
    history = memorised(images, labels, settings)
    check_history(history, 20)
    # Whoever knows nothing has a cross-entropy of log 10 = 2.3.
    expect(
        1.5 < history[0]["train_loss"] < 4,
        en="train_loss should be a mean over samples: with random labels it begins near log 10, but it is {first:.3g}.",
        ja="train_loss はサンプルの平均です。でたらめなラベルでは log 10 付近のはずですが、{first:.3g} です。",
        first=history[0]["train_loss"],
    )
    accuracies = [epoch["valid_accuracy"] for epoch in history]
    expect(
        all(abs(HELD_OUT * a - round(HELD_OUT * a)) < 0.01 for a in accuracies) and max(accuracies) > 0,
        en="{count} images are held out, so that each valid_accuracy should be a multiple of 1/{count}.",
        ja="検証用の画像は {count} 枚なので、valid_accuracy は 1/{count} の倍数のはずです。",
        count=HELD_OUT,
    )
    expect_at_most(
        max(accuracies),
        0.4,
        en="the highest accuracy on 61 held-out images with labels drawn at random",
        ja="ラベルがでたらめな、検証用の画像 61 枚での正解率の最大値",
    )


def test_alone(work):
    images, _, _, together, alone, crowded, *_ = work
    check_classes(together, len(images) - SEEN)
    expect_close(alone, together[:40], what="predict(image)")
    expect_close(crowded, together[:40], what="predict(images)")


def test_resumes(tensors, seed):
    images, labels = digits(tensors)
    settings = SETTINGS | {"epochs": 5, "seed": seed, "size": 32}
    history, resumed, again, left, counts, (whole, broken) = interrupted(images[:200], labels[:200], settings)
    check_history(history, 5)
    expect(
        left,
        en="The training was interrupted in its third epoch, and there is no checkpoint.",
        ja="3 エポック目の途中で学習が中断しましたが、チェックポイントがありません。",
    )
    check_history(resumed, 5)
    for predictions in (whole, broken):
        check_classes(predictions, 200)
    first, _, third, fourth = counts
    expect(
        third == 3 * first // 5 and fourth == 0 and again == resumed,
        en="After two of five epochs {wanted} steps were left, and {third} were made; after all five none was left, "
        "and {fourth} were made.",
        ja="2 エポックが済んでいたので、残りは {wanted} ステップのはずです。実際は {third} 回でした。"
        "すべて済んだあとは 0 回のはずです。実際は {fourth} 回でした。",
        wanted=3 * first // 5,
        third=third,
        fourth=fourth,
    )
    apart = max(abs(a["train_loss"] - b["train_loss"]) / a["train_loss"] for a, b in zip(history, resumed, strict=True))
    expect_at_most(
        apart,
        0.005,
        en="the largest relative difference in train_loss between the interrupted training and the other",
        ja="中断した学習と中断しない学習の、train_loss の相対差の最大値",
    )
    same = (whole == broken).double().mean().item()
    expect_at_least(
        same,
        0.985,
        en="the share of images for which both models say the same",
        ja="2 つのモデルの予測が一致する画像の割合",
    )


def test_modes(work):
    *_, steps, calls = work
    learned = min((with_graph for _, with_graph in calls), default=steps)
    expect(
        learned >= steps,
        en="Of {steps} steps, {count} were made with normalisation and dropout in train mode.",
        ja="{steps} ステップのうち、正規化やドロップアウトが train モードだったのは {count} 回です。",
        steps=steps,
        count=learned,
    )
    expect(
        not any(without for without, _ in calls),
        en="Normalisation or dropout was in train mode while nothing was learned: evaluate in eval mode.",
        ja="学習していないときに、正規化やドロップアウトが train モードです。評価は eval モードで行ってください。",
    )


def test_hidden_digits(work):
    images, labels, history, predicted, *_ = work
    hidden = labels[SEEN:]
    check_history(history, EPOCHS)
    check_classes(predicted, len(hidden))
    wrong = (predicted != hidden).nonzero().flatten()[:16]
    confusion("hidden digits", hidden, predicted, [str(i) for i in range(10)])
    if len(wrong):
        captions = [f"{hidden[i]}: {predicted[i]}" for i in wrong]
        gallery("not recognised", images[SEEN:][wrong], captions, [False] * len(wrong), low=0, high=16)
    right = (predicted == hidden).double().mean().item()
    expect_at_least(right, 0.97, en="the accuracy on 397 hidden digits", ja="隠された数字 397 枚での正解率")
    expect_at_most(
        abs(history[-1]["valid_accuracy"] - right),
        0.04,
        en="the difference between that and the last valid_accuracy",
        ja="その値と、最後の valid_accuracy との差",
    )
    expect(
        history[-1]["train_loss"] < 0.5 * history[0]["train_loss"],
        en="train_loss should fall: it began at {first:.3g} and ended at {last:.3g}.",
        ja="train_loss は下がるはずです。初めは {first:.3g}、終わりは {last:.3g} でした。",
        first=history[0]["train_loss"],
        last=history[-1]["train_loss"],
    )
