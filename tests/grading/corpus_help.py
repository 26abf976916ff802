"""Reading the corpus of bad submissions, and looking at what a grading leaves behind."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tutor.grading import GradeRequest, Report

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
GRADER = CORPUS / "grader" / "test_corpus_grader.py"
GRADERS = {
    "": (GRADER, ("test_value", "test_gradient", "test_again")),
    "value": (CORPUS / "grader" / "test_corpus_value.py", ("test_value",)),
    "ranks": (CORPUS / "grader" / "test_corpus_ranks.py", ("test_value",)),
}
"""By the name in a header: the file, and its requirements."""
ANSWER = CORPUS / "grader" / "answer.py"
GENEROUS = 30.0
"""Seconds for a requirement that is to be decided by itself, however busy the machine is."""
_HEADER = re.compile(r"^# (verdict|fault|says|output|needs|seconds|name|grader):[ ]*(.*?)\s*$", re.MULTILINE)
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
LONGEST_SENTENCE = 4096
PAGE = os.sysconf("SC_PAGE_SIZE")


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
    grader: str

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
        said.get("grader", ""),
    )


def entries() -> tuple[Entry, ...]:
    """The whole corpus, by name."""
    return tuple(read(file) for file in sorted(CORPUS.glob("*/*.py")) if file.parent != GRADER.parent)


def request(
    source: bytes, *, seconds: float = GENEROUS, name: str = "submission_under_test", grader: str = ""
) -> GradeRequest:
    file, requirements = GRADERS[grader]
    return GradeRequest(
        run=0,
        exercise="corpus",
        name=name,
        grader=str(file),
        requirements=requirements,
        source=source,
        seconds=seconds,
        run_seconds=3 * seconds + GENEROUS,
        memory_mb=256,
        output_kb=64,
    )


def request_of(entry: Entry) -> GradeRequest:
    return request(entry.source, seconds=entry.seconds, name=entry.name, grader=entry.grader)


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
    assert entry.fault in ("any", report.fault.kind if report.fault else None), sentences(report)
    ways = entry.says.split(" | ")
    assert any(way in sentence for sentence in sentences(report) for way in ways), sentences(report)
    assert any(entry.output in row.output for row in report.requirements), [row.output for row in report.requirements]
    assert [row.id for row in report.requirements] == list(GRADERS[entry.grader][1])
    assert report.passed == (entry.verdict == "passed") == all(row.verdict == "passed" for row in report.requirements)


def check_text(report: Report) -> None:
    """Nothing in a report can command a terminal or flood a screen."""
    for text in all_text(report):
        assert not _UNSHOWABLE.search(text), repr(text[:200])
    for sentence in sentences(report):
        assert len(sentence) <= LONGEST_SENTENCE


@dataclass(frozen=True)
class Process:
    """A process as /proc shows it."""

    pid: int
    parent: int
    state: str
    name: str
    resident: int


def processes() -> dict[int, Process]:
    """Every process that this one can see, by its id."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                before, _, after = (entry / "stat").read_text().rpartition(")")
            except OSError:
                continue
            fields = after.split()
            number = int(entry.name)
            name = before.partition("(")[2]
            found[number] = Process(number, int(fields[1]), fields[0], name, int(fields[21]) * PAGE)
    return found


def below(pid: int) -> list[Process]:
    """Every process below ``pid``; those that have ended and wait to be reaped too."""
    everything = processes().values()
    found: list[Process] = []
    level = {pid}
    while level:
        children = [process for process in everything if process.parent in level]
        found += children
        level = {process.pid for process in children}
    return found


def left_behind() -> frozenset[str]:
    """Files of the corpus in the place that every process may write to."""
    return frozenset(str(path) for path in Path("/dev/shm").glob("corpus-*"))


def picture_of(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Mode, time of the last change and size of everything at and below ``folder``."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        status = path.lstat()
        found[str(path)] = (status.st_mode, status.st_mtime_ns, status.st_size)
    return found
