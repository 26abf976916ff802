"""What has been graded once need not be graded again: a file of finished runs for each exercise, in the user's cache.

A check that was stopped goes on where it was, and one that follows a change grades only what the change concerns. The
name of the file holds a digest of all that decides how a run ends, apart from the submission and the seed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import platform
import struct
import time
from functools import cache
from pathlib import Path

import msgspec
import platformdirs

import tutor
from tutor.catalog import Exercise
from tutor.grading import Report

_FORMAT = 2
_KEPT_DAYS = 30
_TEXTS = (".md",)
_NOT_THE_GRADER = ("mistakes", "stub.py", "exercise.toml", "calibration.toml", "__pycache__")
_OF_THE_MOMENT = ("timeout", "memory", "gpu_memory", "crash", "device", "grader", "incomplete")
"""Faults that a machine with more time, memory or devices may not have."""


class Kept(msgspec.Struct, frozen=True):
    """One finished run."""

    key: str
    """Of the submission, the seed, and which run of several equal ones it was."""
    report: Report | None
    """Without curves and pictures; None where the run was given up once the submission had failed."""
    shown: str = ""
    """Digest of the curves and pictures."""
    failed: str = ""
    """Where the run was given up: which requirement, or which kind of fault, decided it."""


class Memo:
    """The finished runs of one exercise on one device. Nothing here raises for what a disk may do."""

    def __init__(self, exercise: Exercise, device: str, *, fresh: bool = False) -> None:
        folder = platformdirs.user_cache_path("torch-tutor") / "pack-check"
        self._path = folder / f"{exercise.pack}-{exercise.topic}-{exercise.name}-{_digest(exercise, device)}.runs"
        self._known: dict[str, Kept] = {}
        if fresh:
            with contextlib.suppress(OSError):
                self._path.unlink()
        else:
            self._read()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str) -> Kept | None:
        """The run with this key, where it has been finished before."""
        return self._known.get(key)

    def add(self, kept: Kept) -> None:
        """Remember a finished run, and for the next check too unless it may end otherwise then."""
        self._known[kept.key] = kept
        if kept.report is not None and kept.report.fault is not None and kept.report.fault.kind in _OF_THE_MOMENT:
            return
        payload = msgspec.msgpack.encode(kept)
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(struct.pack("!I", len(payload)) + payload)  # one write: two checks do not tear each other

    def _read(self) -> None:
        try:
            data = self._path.read_bytes()
            os.utime(self._path)
        except OSError:
            return
        position = 0
        while position + 4 <= len(data):
            (size,) = struct.unpack_from("!I", data, position)
            try:
                kept = msgspec.msgpack.decode(data[position + 4 : position + 4 + size], type=Kept)
            except msgspec.MsgspecError:
                break  # the check was killed in the middle of a write
            self._known[kept.key] = kept
            position += 4 + size
        if position < len(data):
            with contextlib.suppress(OSError):
                os.truncate(self._path, position)


def forget_old() -> None:
    """Remove what no check has looked at for a month."""
    until = time.time() - _KEPT_DAYS * 86400
    with contextlib.suppress(OSError):
        for path in (platformdirs.user_cache_path("torch-tutor") / "pack-check").glob("*.runs"):
            if path.stat().st_mtime < until:
                path.unlink()


def _digest(exercise: Exercise, device: str) -> str:
    """Of everything but submission and seed that decides how a run ends.

    Texts, mistakes and the stub do not: they are read by learners, or are submissions themselves. A grader may read
    any other file of its folder.
    """
    digest = hashlib.sha256()
    for part in (_FORMAT, device, _versions(), exercise.name, exercise.limits, exercise.needs):
        digest.update(repr(part).encode() + b"\0")
    digest.update(repr([requirement.test for requirement in exercise.requirements]).encode())
    for path in sorted(exercise.folder.rglob("*")):
        inside = path.relative_to(exercise.folder)
        if path.suffix in _TEXTS or inside.parts[0] in _NOT_THE_GRADER:
            continue
        if path.is_file():
            digest.update(inside.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


@cache
def sources_digest() -> str:
    """A digest of the sources of what grades, in hexadecimal digits."""
    digest = hashlib.sha256()
    for room in ("grading", "testing"):
        for path in sorted((Path(tutor.__file__).parent / room).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def _versions() -> str:
    """Python, torch, and the tutor with the very sources of what grades: they change between two versions too."""
    found = [platform.python_version(), tutor.__version__, sources_digest()]
    for name in ("torch", "numpy", "scikit-learn"):
        try:
            found.append(importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            found.append("")
    return " ".join(found)
