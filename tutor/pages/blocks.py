"""Markdown taken apart: what a page consists of, before anybody knows how wide it will be.

CommonMark with tables, strikethrough, footnotes and LaTeX between dollars or in a ``math`` fence, as on GitHub; HTML is
text like any other. Emphasis is recognised beside Japanese too, where CommonMark misses it (``**語（ご）**は``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tutor.pages.wrapping import joint

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class Span(NamedTuple):
    """A stretch of text that looks the same throughout."""

    text: str
    look: str = ""
    """Words from: bold, italic, strike, code, math, link, mark, dim, heading, and the kinds of token of a program."""


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: Spans


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    """Without the line break at its end."""
    language: str


@dataclass(frozen=True, slots=True)
class Equation:
    """LaTeX, as it was written."""

    tex: str


@dataclass(frozen=True, slots=True)
class Display:
    """Lines set apart by four spaces: an equation in plain characters, as a rule."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list; ``start`` is None where it is not numbered."""

    start: int | None
    items: tuple[tuple[Block, ...], ...]
    loose: bool
    """Whether there is a blank line between the items."""


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]
    aligned: tuple[str, ...]
    """``left``, ``right`` or ``center``, for each column."""


@dataclass(frozen=True, slots=True)
class Rule:
    pass


@dataclass(frozen=True, slots=True)
class Notes:
    """The footnotes, in the order of their numbers."""

    notes: tuple[tuple[Block, ...], ...]


Block = Heading | Paragraph | Code | Equation | Display | Items | Quote | Table | Rule | Notes


def read(markdown: str) -> tuple[Block, ...]:
    """The blocks of ``markdown``. Anything is a page: there is nothing that this refuses."""
    return tuple(_blocks(_Tokens(_parser().parse(markdown))))


def plain(spans: Sequence[Span]) -> str:
    """The text of ``spans``."""
    return "".join(span.text for span in spans)


def code_blocks(blocks: Sequence[Block]) -> Iterator[Code]:
    """Every program in ``blocks``, in their order, however deep."""
    for block in blocks:
        if isinstance(block, Code):
            yield block
        elif isinstance(block, Quote):
            yield from code_blocks(block.blocks)
        elif isinstance(block, Items | Notes):
            for item in block.items if isinstance(block, Items) else block.notes:
                yield from code_blocks(item)


def equations(markdown: str) -> Iterator[tuple[int, str]]:
    """The LaTeX of ``markdown``, each equation with the line on which its paragraph begins."""
    for token in _parser().parse(markdown):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "math_block" or (token.type == "fence" and token.info.split()[:1] == ["math"]):
            yield line, token.content.strip()
        for child in token.children or ():
            if child.type.startswith("math_inline"):
                yield line, child.content


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    from tutor.pages.emphasis import InlineParser

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.inline = InlineParser(parser.inline)
    dollarmath_plugin(parser, allow_labels=False, allow_space=False, allow_digits=False, allow_blank_lines=False)
    footnote_plugin(parser, inline=False)
    return parser


@dataclass(slots=True)
class _Tokens:
    """markdown-it's tokens, one after the other."""

    tokens: Sequence[Token]
    at: int = field(default=0)

    def take(self) -> Token | None:
        if self.at == len(self.tokens):
            return None
        self.at += 1
        return self.tokens[self.at - 1]

    def peek(self) -> str:
        return self.tokens[self.at].type if self.at < len(self.tokens) else ""


def _blocks(tokens: _Tokens, end: str = "") -> Iterator[Block]:
    while (token := tokens.take()) is not None and token.type != end:
        match token.type:
            case "heading_open":
                yield Heading(int(token.tag[1:]), _inline(tokens))
            case "paragraph_open":
                yield Paragraph(_inline(tokens))
            case "fence" if token.info.strip().split(" ")[0] == "math":
                yield Equation(token.content.strip())
            case "fence":
                yield Code(token.content.removesuffix("\n"), token.info.strip().split(" ")[0])
            case "math_block":
                yield Equation(token.content.strip())
            case "code_block":
                yield Display(token.content.rstrip("\n"))
            case "bullet_list_open" | "ordered_list_open":
                yield _items(tokens, token)
            case "blockquote_open":
                yield Quote(tuple(_blocks(tokens, "blockquote_close")))
            case "table_open":
                yield _table(tokens)
            case "hr":
                yield Rule()
            case "footnote_block_open":
                yield _notes(tokens)
            case "html_block":
                yield Paragraph((Span(token.content.strip()),))


def _items(tokens: _Tokens, opening: Token) -> Items:
    start = int(opening.attrGet("start") or 1) if opening.type == "ordered_list_open" else None
    items: list[tuple[Block, ...]] = []
    loose = False
    while (token := tokens.take()) is not None and token.type == "list_item_open":
        # In a tight list the paragraphs of the items are marked as hidden.
        loose = loose or (tokens.peek() == "paragraph_open" and not tokens.tokens[tokens.at].hidden)
        items.append(tuple(_blocks(tokens, "list_item_close")))
    return Items(start, tuple(items), loose)


def _table(tokens: _Tokens) -> Table:
    rows: list[list[Spans]] = []
    aligned: list[str] = []
    while (token := tokens.take()) is not None and token.type != "table_close":
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            if token.type == "th_open":
                aligned.append(str(token.attrGet("style") or "text-align:left").removeprefix("text-align:"))
            rows[-1].append(_inline(tokens))
    return Table(tuple(rows[0]), tuple(map(tuple, rows[1:])), tuple(aligned))


def _notes(tokens: _Tokens) -> Notes:
    notes: list[tuple[Block, ...]] = []
    while (token := tokens.take()) is not None and token.type == "footnote_open":
        notes.append(tuple(_blocks(tokens, "footnote_close")))
    return Notes(tuple(notes))


def _inline(tokens: _Tokens) -> Spans:
    """The text of the block whose opening token has just been taken; takes its closing one too."""
    token = tokens.take()
    if token is None or token.type != "inline":
        return ()
    tokens.take()
    return tuple(_merged(_spans(token.children or [])))


def _spans(children: Sequence[Token]) -> Iterator[Span]:
    looks: list[str] = []
    address = ""
    linked = ""  # the words of the link that we are in
    for number, token in enumerate(children):
        look = " ".join(looks)
        text = ""
        match token.type:
            case "em_open" | "strong_open" | "s_open" | "link_open":
                looks.append({"em": "italic", "strong": "bold", "s": "strike", "link": "link"}[token.type[:-5]])
                if token.type == "link_open":
                    address, linked = str(token.attrGet("href") or ""), ""
            case "em_close" | "strong_close" | "s_close":
                looks.pop()
            case "link_close":
                looks.pop()
                if address and linked not in (address, address.removeprefix("mailto:")):
                    yield Span(f" ({address})", "dim")
            case "image":
                yield Span(f"[{token.content}] ({token.attrGet('src') or ''})", look)
            case "code_inline":
                text, look = token.content, f"{look} code".strip()
            case "math_inline" | "math_inline_double":
                from tutor.pages.equations import in_line

                text, look = in_line(token.content), f"{look} math".strip()
            case "softbreak":
                text = joint(_end(children, number), _start(children, number))
            case "hardbreak":
                text = "\n"
            case "footnote_ref":
                yield Span(f"[{int(token.meta['id']) + 1}]", "dim")
            case "footnote_anchor":
                pass
            case _:
                text = token.content
        linked += text
        if text:
            yield Span(text, look)


def _end(children: Sequence[Token], number: int) -> str:
    """What is shown last before the token of this ``number``."""
    return next((token.content for token in reversed(children[:number]) if token.content), "")


def _start(children: Sequence[Token], number: int) -> str:
    return next((token.content for token in children[number + 1 :] if token.content), "")


def _merged(spans: Iterator[Span]) -> Iterator[Span]:
    """The same, with neighbours of one look as one."""
    last: Span | None = None
    for span in spans:
        if last is not None and last.look == span.look and span.look != "code":
            last = Span(last.text + span.text, last.look)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
