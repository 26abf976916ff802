"""faq.md: headings with ids, steps between rules, fences that hide both."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.catalog import FaqEntry, parse_faq

HEADING = "a question ends in its id, as in: ## Why the mean? {#mean-or-sum}"
STEPS = "an entry needs a text before, between and after its `---` lines"


def test_entries_and_steps() -> None:
    faq = parse_faq(
        "# FAQ\n\nIntro.\n---\n\n## Why? {#why}\n\nOne.\n\nMore.\n\n---\n\nTwo.\n\n## 何故？ {#how-2}\nThree."
    )
    assert faq.flaws == ()
    assert faq.entries == (
        FaqEntry("why", "Why?", ("One.\n\nMore.", "Two.")),
        FaqEntry("how-2", "何故？", ("Three.",)),
    )
    assert faq.lines == (6, 16)


@pytest.mark.parametrize(
    "step",
    [
        "```python\n## no {#no}\n---\n```",
        "~~~\n## no {#no}\n```\n---\n~~~~",
        "````\n```\n---\n```\n````",
        "* item\n\n  ```\n  x\n---\n  ```",
        "### smaller {#no}",
        "##no heading",
        "----",
        "- - -",
        "    ---",
        "``` `x` ```",
        "```x```\n\ntext",
    ],
)
def test_content(step: str) -> None:
    faq = parse_faq(f"## Why? {{#why}}\n\n{step}\n\n---\n\nEnd.\n")
    assert faq.flaws == ()
    assert faq.entries == (FaqEntry("why", "Why?", (step.strip(), "End.")),)


def test_windows_line_ends_and_trailing_blanks() -> None:
    faq = parse_faq("## Why? {#why}  \r\n\r\nOne.\r\n\r\n--- \r\nTwo.\r\n")
    assert (faq.entries, faq.flaws) == ((FaqEntry("why", "Why?", ("One.", "Two.")),), ())


@pytest.mark.parametrize(
    ("text", "line", "id_", "message"),
    [
        ("\n## Why?\nOne.", 2, "", HEADING),
        ("##\nOne.", 1, "", HEADING),
        ("## Why? {#Why}\nOne.", 1, "Why", HEADING),
        ("## Why? {#why not}\nOne.", 1, "why not", HEADING),
        ("## Why? {#why} more\nOne.", 1, "", HEADING),
        ("## {#why}\nOne.", 1, "why", "this entry has an id and no question"),
        ("## Why? {#why}\nOne.\n## So? {#why}\nTwo.", 3, "why", "this id is taken by the question on line 1"),
        ("## Why? {#why}\n", 1, "why", STEPS),
        ("## Why? {#why}\n---\nTwo.", 1, "why", STEPS),
        ("## Why? {#why}\nOne.\n---\n---\nTwo.", 1, "why", STEPS),
        ("## Why? {#why}\nOne.\n---\n", 1, "why", STEPS),
        ("## Why? {#why}\n```\nOne.\n---\n## So? {#so}", 2, "", "this code fence is never closed"),
    ],
)
def test_flaws(text: str, line: int, id_: str, message: str) -> None:
    assert parse_faq(text).flaws == ((line, id_, message),)


@settings(deadline=None)
@given(st.text(alphabet="#`~-{} \n\r\tab"))
def test_any_text_can_be_parsed(text: str) -> None:
    faq = parse_faq(text)
    assert len({entry.id for entry in faq.entries}) == len(faq.entries) == len(faq.lines)
    assert all(1 <= flaw.line <= text.count("\n") + 1 for flaw in faq.flaws)
