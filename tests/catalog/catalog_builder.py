"""A small sound pack in a temporary folder, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

PACK_TOML = """\
format = 1
name = "{name}"
title = {{ en = "A pack", ja = "パック" }}
languages = ["en", "ja"]

[[tracks]]
name = "basics"
title = {{ en = "Basics", ja = "基礎" }}
topics = ["losses", "layers"]
"""

TOPIC_TOML = """\
title = {{ en = "A topic", ja = "トピック" }}
summary = {{ en = "What it is about.", ja = "その内容。" }}
exercises = [{exercises}]
"""

EXERCISE_TOML = """\
title = { en = "An exercise", ja = "演習" }
difficulty = 2
minutes = 15
needs = ["sklearn"]
devices = ["cpu"]

[limits]
seconds = 5

[[requirements]]
test = "test_value"
sentence = { en = "The value is right", ja = "値が正しい" }
faq = "mean-or-sum"

[[requirements]]
test = "test_gradient"
sentence = { en = "The gradient is right", ja = "勾配が正しい" }
faq = "cut-graph"
"""

GRADER = """\
from tutor.testing import probe


@probe
def loss(submission):
    return submission.loss()


def test_value():
    assert loss() == 1


def test_gradient():
    assert loss() == 2
"""

FAQ = """\
# {title}

## {first} {{#mean-or-sum}}

One.

---

Two.

## {second} {{#cut-graph}}

Three.
"""

E = "losses/squared"
"""The exercise that tests spoil."""


class PackBuilder:
    """Writes the pack, and changes files of it by their path in it."""

    def __init__(self, folder: Path, name: str = "sample") -> None:
        self.folder = folder
        self.write("pack.toml", PACK_TOML.format(name=name))
        self.topic("losses", "squared", "absolute")
        self.topic("layers", "linear")

    def topic(self, topic: str, *exercises: str) -> None:
        listed = ", ".join(f'"{name}"' for name in exercises)
        self.write(f"{topic}/topic.toml", TOPIC_TOML.format(exercises=listed))
        for name in exercises:
            self.exercise(f"{topic}/{name}")

    def exercise(self, at: str) -> None:
        self.write(f"{at}/exercise.toml", EXERCISE_TOML)
        self.write(f"{at}/lesson.md", "# Lesson of " + at)
        self.write(f"{at}/lesson.ja.md", "# レッスン " + at)
        self.write(f"{at}/faq.md", FAQ.format(title="FAQ", first="Mean or sum?", second="No gradient?"))
        self.write(f"{at}/faq.ja.md", FAQ.format(title="質問", first="平均か合計か", second="勾配がない"))
        self.write(f"{at}/stub.py", "def loss(): ...\n")
        self.write(f"{at}/test_{at.rpartition('/')[2]}.py", GRADER)
        self.write(f"{at}/mistakes/wrong.py", "# mistake: mean-or-sum\n")
        self.write(f"solutions/{at}/solution.py", "def loss(): return 1\n")
        self.write(f"solutions/{at}/explained.md", "Because.")
        self.write(f"solutions/{at}/explained.ja.md", "なぜなら。")

    def path(self, relative: str) -> Path:
        return self.folder / relative

    def write(self, relative: str, content: str | bytes) -> None:
        path = self.path(relative)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, relative: str) -> str:
        return self.path(relative).read_text(encoding="utf-8")

    def replace(self, relative: str, old: str, new: str) -> None:
        """The first ``old`` becomes ``new``; it must be there."""
        text = self.read(relative)
        assert old in text, f"{old!r} is not in {relative}"
        self.write(relative, text.replace(old, new, 1))

    def append(self, relative: str, more: str) -> None:
        self.write(relative, self.read(relative) + more)
