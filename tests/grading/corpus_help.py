"""Reading the corpus of bad submissions, and looking at what a grading leaves behind."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tutor.grading import GradeRequest, Report

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
GRADER = CORPUS / "grader" / "test_corpus_grader.py"
ANSWER = CORPUS / "grader" / "answer.py"
REQUIREMENTS = ("test_value", "test_gradient", "test_again")
GENEROUS = 30.0
"""Seconds for a requirement that is to be decided by itself, however busy the machine is."""
_HEADER = re.compile(r"^# (verdict|fault|says|output|needs|seconds|name):[ ]*(.*?)\s*$", re.MULTILINE)
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
LONGEST_SENTENCE = 4096


@dataclass(frozen=True)
class Entry:
    """One file of the corpus, and what its header says must come of it."""

    file: Path
    source: bytes
    verdict: str
    fault: str | None
    says: str
    output: str
    needs: frozenset[str]
    seconds: float
    name: str

    @property
    def id(self) -> str:
        return str(self.file.relative_to(CORPUS).with_suffix(""))


def read(file: Path) -> Entry:
    """The entry in ``file``."""
    source = file.read_bytes()
    text = source.decode("utf-16" if source.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig", "replace")
    said = dict(_HEADER.findall(text.replace("\r\n", "\n")))
    return Entry(
        file,
        source,
        said["verdict"],
        said.get("fault"),
        said.get("says", ""),
        said.get("output", ""),
        frozenset(said.get("needs", "").split()),
        float(said.get("seconds", GENEROUS)),
        said.get("name", "submission_under_test"),
    )


def entries() -> tuple[Entry, ...]:
    """The whole corpus, by name."""
    return tuple(read(file) for file in sorted(CORPUS.glob("*/*.py")) if file.parent != GRADER.parent)


def request(
    source: bytes, *, seconds: float = GENEROUS, name: str = "submission_under_test", memory_mb: int = 256
) -> GradeRequest:
    return GradeRequest(
        run=0,
        exercise="corpus",
        name=name,
        grader=str(GRADER),
        requirements=REQUIREMENTS,
        source=source,
        seconds=seconds,
        run_seconds=3 * seconds + GENEROUS,
        memory_mb=memory_mb,
        output_kb=64,
    )


def request_of(entry: Entry) -> GradeRequest:
    return request(entry.source, seconds=entry.seconds, name=entry.name)


def sentences(report: Report) -> list[str]:
    """Every sentence that the learner sees."""
    found = [row.message for row in report.requirements]
    found += [row.fault.message for row in report.requirements if row.fault]
    return [*found, *([report.fault.message] if report.fault else [])]


def all_text(report: Report) -> Iterator[str]:
    """Every text in a report that may be shown."""
    yield from sentences(report)
    for row in report.requirements:
        yield row.output
        if row.comparison is not None:
            yield from (row.comparison.what, row.comparison.expected, row.comparison.came)
    yield from (curve.name for curve in report.curves)
    yield from (picture.name for picture in report.pictures)


def check_report(entry: Entry, report: Report) -> None:
    """The report says what the header of ``entry`` says."""
    assert report.verdict in entry.verdict.split("|"), sentences(report)
    assert entry.fault == "any" or (report.fault.kind if report.fault else None) == entry.fault, sentences(report)
    assert any(entry.says in sentence for sentence in sentences(report)), sentences(report)
    assert any(entry.output in row.output for row in report.requirements), [row.output for row in report.requirements]
    assert [row.id for row in report.requirements] == list(REQUIREMENTS)
    assert report.passed == (entry.verdict == "passed") == all(row.verdict == "passed" for row in report.requirements)


def check_text(report: Report) -> None:
    """Nothing in a report can command a terminal or flood a screen."""
    for text in all_text(report):
        assert not _UNSHOWABLE.search(text), repr(text[:200])
    for sentence in sentences(report):
        assert len(sentence) <= LONGEST_SENTENCE


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    state: str
    name: str
    rss: int


def processes() -> dict[int, Process]:
    """Every process that this one can see, by its id."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                before, _, after = (entry / "stat").read_text().rpartition(")")
            except OSError:
                continue
            state, parent, *rest = after.split()
            pages = int(rest[19])
            name = before.partition("(")[2]
            found[int(entry.name)] = Process(int(entry.name), int(parent), state, name, pages * 4096)
    return found


def below(pid: int) -> list[Process]:
    """Every process below ``pid``, those that have ended and wait to be reaped too."""
    everything = processes()
    found: list[Process] = []
    level = {pid}
    while level:
        children = [process for process in everything.values() if process.parent in level]
        found += children
        level = {process.pid for process in children}
    return found


def left_behind() -> frozenset[str]:
    """Files of the corpus in the place that every process may write to."""
    return frozenset(str(path) for path in Path("/dev/shm").glob("corpus-*"))


def picture_of(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Mode, time and content of every file below ``folder``."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (status.st_mode, status.st_mtime_ns if path.is_file() else 0, content)
    return found


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether ``condition`` came true within ``seconds``; looked at again and again."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True
