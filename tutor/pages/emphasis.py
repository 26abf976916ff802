"""Emphasis beside Japanese.

CommonMark lets ``**`` close only where what follows looks like the end of a word, and decides that by spaces, which
Japanese does not have: in ``**語（ご）**は`` the asterisks would be shown. Beside a wide character they count here as
if there were a space, as markdown-cjk-friendly (https://github.com/tats-u/markdown-cjk-friendly) proposes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline.state_inline import Scanned, StateInline

from tutor.pages.wrapping import is_wide

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markdown_it.utils import EnvType


class _State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        scanned = super().scanDelims(start, canSplitWord)
        if not canSplitWord:
            return scanned
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        if not (is_wide(before) or is_wide(after)):
            return scanned
        return Scanned(not after.isspace(), not before.isspace(), scanned.length)


class InlineParser(ParserInline):
    """markdown-it's, with the rules of ``like``."""

    def __init__(self, like: ParserInline) -> None:
        super().__init__()
        self.ruler, self.ruler2 = like.ruler, like.ruler2

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens
