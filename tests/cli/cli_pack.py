"""A small pack of three exercises, real enough to be graded, without any library beyond torch."""

from __future__ import annotations

from pathlib import Path

NAMES = ("double", "treble", "halve")

_PACK = """\
format = 1
name = "core"
title = { en = "A tiny pack", ja = "小さなパック" }
languages = ["en", "ja"]

[[tracks]]
name = "first"
title = { en = "First track", ja = "最初のトラック" }
topics = ["sums"]
"""

_TOPIC = """\
title = { en = "Sums", ja = "計算" }
summary = { en = "Numbers.", ja = "数。" }
exercises = ["double", "treble", "halve"]
"""

_EXERCISE = """\
title = { en = "Write NAME", ja = "NAME を書く" }
difficulty = 2
minutes = 5

[limits]
seconds = 60
run_seconds = 120

[[requirements]]
test = "test_three"
sentence = { en = "NAME of 3 is right", ja = "3 の NAME が正しい" }
faq = "what-is-it"

[[requirements]]
test = "test_zero"
sentence = { en = "NAME of 0 is 0", ja = "0 の NAME は 0 である" }
faq = "why-zero"
"""

_GRADER = """\
from tutor.testing import expect, probe


@probe
def result(submission, x):
    return submission.NAME(x)


def test_three():
    came = result(3.0)
    expect(came == 3.0 * FACTOR, en="It came to {came}.", ja="{came} になりました。", came=came)


def test_zero():
    expect(result(0.0) == 0.0, en="Not zero.", ja="0 ではありません。")
"""

_FAQ = """\
# Questions

## What is NAME? {#what-is-it}

First step of NAME.

---

Second step of NAME.

## Why zero? {#why-zero}

Because.

## Why numbers? {#why-numbers}

They are what there is.
"""

_FAQ_JA = """\
# 質問

## NAME とは？ {#what-is-it}

NAME の最初のステップ。

---

NAME の次のステップ。

## なぜ 0？ {#why-zero}

理由です。

## なぜ数？ {#why-numbers}

数だからです。
"""


def write_pack(folder: Path) -> Path:
    """Write the pack to ``folder``."""

    def write(place: str, text: str) -> None:
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    write("pack.toml", _PACK)
    write("sums/topic.toml", _TOPIC)
    for name, factor in zip(NAMES, ("2.0", "3.0", "0.5"), strict=True):
        here, there = f"sums/{name}", f"solutions/sums/{name}"
        for file, text in {
            f"{here}/exercise.toml": _EXERCISE,
            f"{here}/test_{name}.py": _GRADER,
            f"{here}/faq.md": _FAQ,
            f"{here}/faq.ja.md": _FAQ_JA,
            f"{here}/lesson.md": "# NAME\n\nThe **lesson** of NAME.\n",
            f"{here}/lesson.ja.md": "# NAME\n\nNAME の**レッスン**。\n",
            f"{here}/stub.py": "def NAME(x):\n    raise NotImplementedError\n",
            f"{here}/mistakes/adds.py": "# mistake: what-is-it\ndef NAME(x):\n    return x + FACTOR\n",
            f"{there}/solution.py": "def NAME(x):\n    return x * FACTOR\n",
            f"{there}/explained.md": "# Explained\n\nNAME multiplies.\n",
            f"{there}/explained.ja.md": "# 解説\n\nNAME は掛け算です。\n",
        }.items():
            write(file, text.replace("NAME", name).replace("FACTOR", factor))
    return folder
