"""Pages laid out: nothing too wide, nothing lost, tables whole, code as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.catalog import builtin_pack, load_pack
from tutor.pages.blocks import Rule, Table, read
from tutor.pages.layout import PLAIN, SCREEN, Signs, laid_out
from tutor.pages.lines import Line
from tutor.pages.tables import shared
from tutor.pages.wrapping import NEVER_FIRST

HERE = Path(__file__).parent
PAGES = {name: (HERE / name).read_text(encoding="utf-8") for name in ("everything.md", "everything.ja.md")}
for exercise in load_pack(builtin_pack()).exercises:
    for language in ("en", "ja"):
        PAGES[f"{exercise.name}.{language}"] = exercise.lesson(language)
        PAGES[f"{exercise.name}.faq.{language}"] = "\n\n".join(s for e in exercise.faq(language) for s in e.steps)
        PAGES[f"{exercise.name}.explained.{language}"] = exercise.explained(language)


def shown(markdown: str, width: int, signs: Signs = SCREEN) -> list[str]:
    return [line.shown.rstrip() for line in laid_out(read(markdown), width, signs)]


@pytest.mark.parametrize("width", [34, 36, 50, 76, 98])
@pytest.mark.parametrize("name", PAGES)
def test_no_line_is_too_wide_or_begins_where_it_must_not(name: str, width: int) -> None:
    for line in laid_out(read(PAGES[name]), width):
        assert cell_len(line.shown.rstrip()) <= width
        if line.fill != "code" and line.joint != "\n":  # goes on from the line before
            assert line.text[:1] not in NEVER_FIRST or line.text[0].isascii()  # `.item()` may


@pytest.mark.parametrize("signs", [SCREEN, PLAIN], ids=["screen", "plain"])
@pytest.mark.parametrize("name", PAGES)
def test_the_same_words_at_every_width(name: str, signs: Signs) -> None:
    page = [block for block in read(PAGES[name]) if not isinstance(block, Table | Rule)]

    def words(width: int) -> str:
        kept = (line for line in laid_out(page, width, signs) if not drawn(line))
        return re.sub(r"\s", "", "".join(line.text for line in kept))

    assert words(37) == words(60) == words(90)


def drawn(line: Line) -> bool:
    """Equations are drawn differently at each width."""
    return any("equation" in span.look for span in line.spans)


def test_code_wraps_with_a_mark_and_is_put_together_again() -> None:
    code = "def forward(self, input, target):\n    return (input.log() - target.log()).abs().mean()"
    lines = laid_out(read(f"```python\n{code}\n```"), 34)
    assert [line.shown for line in lines] == [
        "  def forward(self, input, ",
        "  ↪ target):",
        "      return (input.log() - ",
        "      ↪ target.log()).abs().",
        "      ↪ mean()",
    ]
    assert "".join(line.joint + line.text for line in lines).removeprefix("\n") == code


@given(st.lists(st.text(alphabet="ab ()_.,日本。", max_size=60), max_size=5), st.integers(20, 60))
def test_code_is_never_changed(rows: list[str], width: int) -> None:
    code = "\n".join(rows)
    lines = laid_out(read(f"~~~python\n{code}\n~~~"), width)
    assert "".join(line.joint + line.text for line in lines).removeprefix("\n") == code
    assert all(cell_len(line.shown.rstrip()) <= width for line in lines)


def test_plain_code_is_left_as_it_is() -> None:
    code = "x" * 70
    assert shown(f"```\n{code}\n```", 40, PLAIN) == ["    " + code]


class TestTables:
    TABLE = (
        "| Layer | Shape | What it does |\n|---|:-:|--:|\n"
        "| `conv` | (N, 32) | finds edges and corners |\n| pool | (N,) | x |\n"
    )

    def test_wide(self) -> None:
        assert shown(self.TABLE, 60) == [
            "Layer   Shape              What it does",
            "─────  ───────  ───────────────────────",
            "conv   (N, 32)  finds edges and corners",
            "pool    (N,)                          x",
        ]

    def test_narrow(self) -> None:
        assert shown(self.TABLE, 32) == [
            "Layer   Shape       What it does",
            "─────  ───────  ────────────────",
            "conv   (N, 32)   finds edges and",
            "                         corners",
            "",
            "pool    (N,)                   x",
        ]

    def test_too_narrow(self) -> None:
        assert shown(self.TABLE, 24) == [
            "Layer: conv",
            "  Shape: (N, 32)",
            "  What it does: finds",
            "    edges and corners",
            "",
            "Layer: pool",
            "  Shape: (N,)",
            "  What it does: x",
        ]

    def test_plain(self) -> None:
        assert shown("| a | b |\n|---|---|\n| `c` | d |\n", 40, PLAIN) == ["a    b", "---  -", "`c`  d"]

    @given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 60)), min_size=1, max_size=6), st.integers(1, 120))
    def test_shares_are_fair(self, needs: list[tuple[int, int]], room: int) -> None:
        needs = [(least, least + more) for least, more in needs]
        shares = shared(needs, room)
        if shares is None:
            assert sum(least for least, _most in needs) > room
            return
        assert sum(shares) <= room
        assert all(least <= share <= most for share, (least, most) in zip(shares, needs, strict=True))
        if sum(most for _least, most in needs) >= room:
            assert sum(shares) == room
        wanting = [share for share, (least, most) in zip(shares, needs, strict=True) if least < share < most]
        assert not wanting or max(wanting) - min(wanting) <= 1


class TestPlain:
    def test_no_drawing(self) -> None:
        text = "\n".join(line for name in PAGES for line in shown(PAGES[name], 60, PLAIN))
        assert not set("│─┌└├╱╲⎛⎜⎝⎧•◦↪") & set(text.replace("日本語のコメント", ""))

    def test_marks(self) -> None:
        page = "# Title\n\n* **a** `b`\n  * c\n\n> d\n\n---\n\n```math\n\\frac{a}{b}\n```\n"
        assert shown(page, 40, PLAIN) == [
            *("# Title", "", "* a `b`", "  - c", "", "> d", "", "---", "", "  a/b"),
        ]


def test_lists() -> None:
    page = "9. nine\n10. ten is long enough to be wrapped\n\n* a\n\n* b\n"
    assert shown(page, 24) == [
        " 9. nine",
        "10. ten is long enough",
        "    to be wrapped",
        "",
        "• a",
        "",
        "• b",
    ]


def test_equations_in_plain_characters() -> None:
    page = "    log σ(x) = F.logsigmoid(x)        1 − σ(x) = σ(−x)\n"
    assert shown(page, 76) == ["    log σ(x) = F.logsigmoid(x)        1 − σ(x) = σ(−x)"]
    assert shown(page, 36) == ["  log σ(x) = F.logsigmoid(x)", "  1 − σ(x) = σ(−x)"]


def test_an_equation_that_is_not_understood_is_shown_as_it_was_written() -> None:
    assert shown("```math\n\\foo{x}\n```\n", 40) == ["  \\foo{x}"]


def test_short_code_is_not_broken_at_its_spaces() -> None:
    assert shown("aaaa bbbb `f(x, y)` cc", 14) == ["aaaa bbbb", "f(x, y) cc"]
    assert shown("値は `p * p.log()` です", 14) == ["値は", "p * p.log() で", "す"]


def test_numbers_of_blocks_and_programs() -> None:
    lines = laid_out(read("a\n\n```\nb\n```\n\n* c\n\n  ```\n  d\n  ```\n"), 40)
    assert [(line.block, line.code) for line in lines if line.text] == [(0, -1), (1, 0), (2, -1), (2, 1)]
