"""Markdown taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.pages.blocks import (
    Code,
    Display,
    Equation,
    Heading,
    Items,
    Notes,
    Paragraph,
    Quote,
    Rule,
    Span,
    Table,
    code_blocks,
    plain,
    read,
)


def text(markdown: str) -> str:
    (block,) = read(markdown)
    assert isinstance(block, Paragraph)
    return plain(block.spans)


def spans(markdown: str) -> list[tuple[str, str]]:
    (block,) = read(markdown)
    assert isinstance(block, Paragraph)
    return [(span.text, span.look) for span in block.spans]


def test_every_kind_of_block() -> None:
    page = read(
        "# Title\n\ntext\n\n```python\nx = 1\n```\n\n```math\nx^2\n```\n\n$$y$$\n\n    L = x\n\n* a\n\n> b\n\n"
        "| c | d |\n|:-:|--:|\n| 1 | 2 |\n\n---\n\nnote[^1]\n\n[^1]: n\n"
    )
    a, n = Paragraph((Span("a"),)), Paragraph((Span("n"),))
    assert page == (
        Heading(1, (Span("Title"),)),
        Paragraph((Span("text"),)),
        Code("x = 1", "python"),
        Equation("x^2"),
        Equation("y"),
        Display("L = x"),
        Items(None, ((a,),), loose=False),
        Quote((Paragraph((Span("b"),)),)),
        Table(((Span("c"),), (Span("d"),)), (((Span("1"),), (Span("2"),)),), ("center", "right")),
        Rule(),
        Paragraph((Span("note"), Span("[1]", "dim"))),
        Notes(((n,),)),
    )


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("標準の損失で\n足りますが、\n自分で書く", "標準の損失で足りますが、自分で書く"),
        ("流れません。\nD = Σ t", "流れません。D = Σ t"),
        ("英語の identifier\nで終わる行", "英語の identifier で終わる行"),
        ("これを\n`forward` で", "これを forward で"),
        ("**太字**\nの次", "太字の次"),
        ("English lines\nare joined", "English lines are joined"),
        ("改行は  \nそのまま", "改行は\nそのまま"),
    ],
)
def test_the_lines_of_a_paragraph_are_one(markdown: str, shown: str) -> None:
    assert text(markdown) == shown


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**語（ご）**は", [("語（ご）", "bold"), ("は", "")]),
        ("それは**「損失」**です", [("それは", ""), ("「損失」", "bold"), ("です", "")]),
        ("*すべての*要素", [("すべての", "italic"), ("要素", "")]),
        ("値*と*勾配", [("値", ""), ("と", "italic"), ("勾配", "")]),
        ("**`x`**を", [("x", "bold code"), ("を", "")]),
        ("a*b*c and 2*3*4", [("a", ""), ("b", "italic"), ("c and 2", ""), ("3", "italic"), ("4", "")]),
        ("3 * 4 * 5", [("3 * 4 * 5", "")]),
        ("値 * 勾配 * 差", [("値 * 勾配 * 差", "")]),
        ("snake_case_name", [("snake_case_name", "")]),
        ("日本_語_です", [("日本_語_です", "")]),
        ("***両方***です", [("両方", "italic bold"), ("です", "")]),
    ],
)
def test_emphasis_also_beside_japanese(markdown: str, expected: list[tuple[str, str]]) -> None:
    assert spans(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("$x_i$ は", [("xᵢ", "math"), (" は", "")]),
        ("損失$L$は", [("損失", ""), ("L", "math"), ("は", "")]),
        ("$5 and $10", [("$5 and $10", "")]),
        (r"\$x\$", [("$x$", "")]),
        (r"$\frac{1}{n}$", [("1/n", "math")]),
        (r"$\nosuch$", [(r"\nosuch", "math")]),
    ],
)
def test_equations_in_a_line(markdown: str, expected: list[tuple[str, str]]) -> None:
    assert spans(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("[text](https://a.b/c)", "text (https://a.b/c)"),
        ("<https://a.b>", "https://a.b"),
        ("[https://a.b](https://a.b)", "https://a.b"),
        ("<me@a.b>", "me@a.b"),
        ("![what it shows](p.png)", "[what it shows] (p.png)"),
        ("<b>x</b>", "<b>x</b>"),
        ("&lt;&amp;", "<&"),
    ],
)
def test_nothing_is_hidden(markdown: str, shown: str) -> None:
    assert text(markdown) == shown


def test_code_is_found_however_deep() -> None:
    page = read(
        "```\na\n```\n\n* x\n\n  ```\n  b\n  ```\n\n> ```\n> c\n> ```\n"
        "\nt[^1]\n\n[^1]:\n    n\n\n    ```\n    d\n    ```\n"
    )
    assert [code.text for code in code_blocks(page)] == ["a", "b", "c", "d"]


@given(st.text(alphabet="ab* _`#>-1.|[](){}$\\\n!<&;:^\t ~日。", max_size=80))
def test_anything_is_a_page(markdown: str) -> None:
    assert isinstance(read(markdown), tuple)
