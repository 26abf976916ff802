"""How an exercise's known mistakes fail: graded when a wrong answer comes, and cached."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec
import platformdirs

from tutor.catalog.model import Exercise
from tutor.feedback import Fingerprint, may_be
from tutor.grading.system import torch_version


class KnownMistakes:
    """The cache of one exercise's fingerprints, valid as long as grader, mistakes and torch stay what they are."""

    def __init__(self, exercise: Exercise, device: str, seed: int) -> None:
        self.device: Literal["cpu", "cuda"] = "cuda" if device.startswith("cuda") else "cpu"
        self._mistakes = exercise.mistakes
        digest = hashlib.sha256(f"1 {self.device} {seed} {torch_version()}".encode())
        for path in (exercise.grader, exercise.folder / "exercise.toml", *exercise.mistakes):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        folder = platformdirs.user_cache_path("torch-tutor") / "fingerprints"
        self._path = folder / f"{exercise.topic}-{exercise.name}-{digest.hexdigest()[:16]}.json"

    def load(self) -> dict[str, Fingerprint]:
        """Those known so far; none where nothing usable is cached."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Fingerprint])
        except (OSError, msgspec.MsgspecError):
            return {}

    def save(self, found: Mapping[str, Fingerprint]) -> None:
        """A cache that cannot be written is no loss."""
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_suffix(".part")
            draft.write_bytes(msgspec.json.encode(found))
            draft.replace(self._path)

    def unsettled(self, known: Mapping[str, Fingerprint], own: Fingerprint) -> Iterator[Path]:
        """Files of the mistakes of which ``known`` does not say whether ``own`` is like them."""
        for path in self._mistakes:
            seen = known.get(path.stem)
            if seen is None or (not seen.whole and may_be(seen.rows, own)):
                yield path
