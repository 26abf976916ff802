"""``faq.md``: questions under second-level headings, each with an id and one step or more.

    ## Why the mean, and not the sum? {#mean-or-sum}

    The idea.

    ---

    The line to look at.

The text of a step is Markdown.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from tutor.locale import _

FAQ_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HEADING = re.compile(r"##[ \t]+(?P<question>.*?)[ \t]*(?:\{#(?P<id>[^{}]*)\})?[ \t]*")
_MARK = re.compile(
    r"""^ (?: (?P<heading> \#\#(?:[ \t].*)? )
          | (?P<rule> ---[ \t]* )
          | [ \t]* (?P<fence> `{3,} | ~{3,} ) (?P<info> .*) ) $""",
    re.MULTILINE | re.VERBOSE,
)
"""The lines that mean something outside a fence, or end it."""


class FaqEntry(msgspec.Struct, frozen=True):
    """One question of ``faq.md`` in one language; ``steps`` are revealed one at a time, the gentlest first."""

    id: str
    question: str
    steps: tuple[str, ...]
    """Markdown."""


class Flaw(NamedTuple):
    """Something in the text that cannot be read as meant."""

    line: int
    id: str
    message: str


class Faq(NamedTuple):
    """A FAQ in one language; ``lines`` holds the line of each entry's heading."""

    entries: tuple[FaqEntry, ...]
    lines: tuple[int, ...]
    flaws: tuple[Flaw, ...]


def parse_faq(text: str) -> Faq:
    """The entries of ``text``, in its order. Headings and ``---`` inside code fences are content.

    What stands before the first heading (a title, say) belongs to no entry. Never raises: for an entry that is not
    written as it should be there is a flaw that says why, and no entry where it has no id of its own.
    """
    entries: dict[str, tuple[FaqEntry, int]] = {}
    flaws: list[Flaw] = []
    for heading, line, body in _sections(text.replace("\r\n", "\n"), flaws):
        match = _HEADING.fullmatch(heading)
        question, id_ = (match["question"], match["id"] or "") if match else ("", "")
        if not FAQ_ID.fullmatch(id_):
            flaws.append(Flaw(line, id_, _("a question ends in its id, as in: ## Why the mean? {#mean-or-sum}")))
            continue
        if not question:
            flaws.append(Flaw(line, id_, _("this entry has an id and no question")))
        if id_ in entries:
            message = _("this id is taken by the question on line {line}").format(line=entries[id_][1])
            flaws.append(Flaw(line, id_, message))
            continue
        steps = tuple(step.strip() for step in body)
        if not all(steps):
            flaws.append(Flaw(line, id_, _("an entry needs a text before, between and after its `---` lines")))
        entries[id_] = (FaqEntry(id_, question, steps), line)
    return Faq(
        tuple(entry for entry, _line in entries.values()),
        tuple(line for _entry, line in entries.values()),
        tuple(flaws),
    )


def _sections(text: str, flaws: list[Flaw]) -> list[tuple[str, int, list[str]]]:
    """Heading, its line, and the text of each step of every second-level section of ``text``."""
    sections: list[tuple[str, int, list[str]]] = []
    begin = 0  # of the current step
    fence, opened = "", 0
    for match in _MARK.finditer(text):
        mark, info = match["fence"], match["info"]
        if fence:
            if mark and mark.startswith(fence) and not info.strip():
                fence = ""
        elif mark:
            if mark[0] == "~" or "`" not in info:  # otherwise it is code within a line: ```x```
                fence, opened = mark, match.start()
        else:
            if sections:
                sections[-1][2].append(text[begin : match.start()])
            if match["heading"]:
                sections.append((match["heading"], _line(text, match.start()), []))
            begin = match.end()
    if sections:
        sections[-1][2].append(text[begin:])
    if fence:
        flaws.append(Flaw(_line(text, opened), "", _("this code fence is never closed")))
    return sections


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
