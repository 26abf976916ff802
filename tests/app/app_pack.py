"""A small pack, written to disk as far as the app reads it: five exercises in two tracks, in both languages."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tutor.catalog.model import Exercise, Limits, Pack, Requirement, Text, Topic, Track

REQUIREMENTS = (
    ("test_scalar", "The result is one number: a tensor of shape ()", "結果は 1 つの数（形状 () のテンソル）である"),
    (
        "test_value",
        "The value is the mean of the squared differences, whatever the shape",
        "値は、形状によらず、差の二乗の平均である",
    ),
    (
        "test_gradient",
        "The gradient with respect to the input is 2(x − t)/n",
        "入力についての勾配は 2(x − t)/n である",
    ),
    (
        "test_trains",
        "Trained with it, a linear model on the diabetes data comes within 2% of least squares",
        "この損失で学習した線形モデルが、糖尿病データで最小二乗法との差 2% 以内に収まる",
    ),
)
LESSON = """# {title}

A **loss** turns "how wrong is this prediction?" into one number that can be differentiated. The standard losses
cover the usual cases; when your task wants something else, you write your own.

The mean squared error over all n elements:

    L(x, t) = (1/n) · Σ (xᵢ − tᵢ)²

so the gradient with respect to the input is `2(xᵢ − tᵢ)/n`. You write only the value. Autograd finds the gradient,
as long as every step from `input` to the result is a torch operation.

```python
class LogRatioLoss(nn.Module):
    def forward(self, input, target):
        return (input.log() - target.log()).abs().mean()
```

**Write** `SquaredErrorLoss.forward`. It must work for any shape.
"""
LESSON_JA = """# {title}

**損失関数**は、「予測がどれだけ外れているか」を、微分できる 1 つの数で表すものです。よくある場面では標準の損失で
足りますが、それでは課題の求めることを表せないとき、自分で書くことになります。

n 個の要素すべてにわたる平均二乗誤差は次の式です。

    L(x, t) = (1/n) · Σ (xᵢ − tᵢ)²

入力についての勾配は `2(xᵢ − tᵢ)/n` になります。書くのは値の計算だけです。

```python
class LogRatioLoss(nn.Module):
    def forward(self, input, target):
        return (input.log() - target.log()).abs().mean()
```

**書くもの**：`SquaredErrorLoss.forward`。どんな形状でも動くようにしてください。
"""
FAQ = """# Questions

## Mean or sum: does it matter? {#mean-or-sum}

Both have their minimum in the same place. What differs is the **scale**: a sum grows with the number of elements.

---

The equation has `1/n` in front, where n counts *all* elements: for shape (3, 4), n is 12, not 3.

---

Look at the last operation of your `forward`: which reduction is it?
"""
FAQ_JA = """# 質問

## 平均と和では何が違いますか？ {#mean-or-sum}

最小になる場所はどちらも同じです。違うのは**大きさ**で、和は要素の数とともに増えます。

---

式の先頭に `1/n` があります。n は*すべて*の要素の数で、形状 (3, 4) なら 3 ではなく 12 です。

---

`forward` の最後の演算を見てください。どの縮約を使っていますか。
"""
STUB = """import torch


class SquaredErrorLoss(torch.nn.Module):
    def forward(self, input, target):
        ...
"""
SOLUTION = STUB.replace("...", "return ((input - target) ** 2).mean()")

EXERCISES = (
    ("custom_loss", "squared_error", "Your first loss: mean squared error", "はじめての自作損失：平均二乗誤差", 1, 15),
    ("custom_loss", "combined", "A loss made of two", "2 つの損失を組み合わせる", 2, 20),
    ("custom_loss", "stable_focal", "A focal loss that stays finite", "発散しない focal loss", 4, 30),
    ("graphs", "padding_mask", "Attention and the padding mask", "アテンションとパディングマスク", 3, 25),
    ("parallel", "all_reduce", "Averaging gradients over ranks", "ランク間で勾配を平均する", 5, 45),
)
TOPICS = {
    "custom_loss": ("Custom losses", "損失関数を自作する"),
    "graphs": ("Graph networks", "グラフニューラルネットワーク"),
    "parallel": ("Several processes", "複数プロセス"),
}
TRACKS = (
    ("losses", "Losses and training", "損失と学習", ("custom_loss",)),
    ("advanced", "Architectures and scale", "アーキテクチャと規模", ("graphs", "parallel")),
)


def make_packs(folder: Path) -> tuple[Pack, ...]:
    tracks = tuple(
        Track("core", name, {"en": en, "ja": ja}, tuple(_topic(folder, topic) for topic in topics))
        for name, en, ja, topics in TRACKS
    )
    return (Pack("core", {"en": "Core", "ja": "基本"}, ("en", "ja"), tracks, folder),)


def _topic(folder: Path, name: str) -> Topic:
    en, ja = TOPICS[name]
    exercises = tuple(_exercise(folder, *row) for row in EXERCISES if row[0] == name)
    summary = {"en": f"A summary of {name}, in a sentence or two.", "ja": f"{name} の要約です。"}
    return Topic("core", name, {"en": en, "ja": ja}, summary, exercises)


def _exercise(folder: Path, topic: str, name: str, en: str, ja: str, difficulty: int, minutes: int) -> Exercise:
    title: Text = {"en": en, "ja": ja}
    place = folder / topic / name
    solutions = folder / "solutions" / topic / name
    place.mkdir(parents=True)
    solutions.mkdir(parents=True)
    files = {
        place / "lesson.md": LESSON.format(title=en),
        place / "lesson.ja.md": LESSON_JA.format(title=ja),
        place / "faq.md": FAQ,
        place / "faq.ja.md": FAQ_JA,
        place / "stub.py": STUB,
        solutions / "solution.py": SOLUTION,
        solutions / "other.py": SOLUTION.replace("((input - target) ** 2)", "(input - target).square()"),
        solutions / "explained.md": "# Why the mean\n\nThe mean keeps the gradient's size independent of n.\n",
        solutions / "explained.ja.md": "# なぜ平均か\n\n平均なら、勾配の大きさが n に左右されません。\n",
    }
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    requirements = tuple(Requirement(test, {"en": e, "ja": j}, "mean-or-sum") for test, e, j in REQUIREMENTS)
    return Exercise(
        pack="core",
        topic=topic,
        name=name,
        title=title,
        difficulty=difficulty,
        minutes=minutes,
        needs=(),
        devices=("cpu",),
        limits=Limits(),
        requirements=requirements,
        languages=("en", "ja"),
        pack_folder=folder,
        solutions_root=folder / "solutions",
    )


def copies(pack: Pack, count: int) -> tuple[Pack, ...]:
    """``pack`` and as many others that are like it in all but the name."""
    return (pack, *(_renamed(pack, f"{pack.name}{number}") for number in range(count)))


def _renamed(pack: Pack, name: str) -> Pack:
    tracks = tuple(
        replace(
            track,
            pack=name,
            topics=tuple(
                replace(topic, pack=name, exercises=tuple(replace(e, pack=name) for e in topic.exercises))
                for topic in track.topics
            ),
        )
        for track in pack.tracks
    )
    return replace(pack, name=name, tracks=tracks)
