"""Where lines are broken: what may begin and end one, what stays together, and that nothing gets lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.pages.wrapping import NEVER_FIRST, NEVER_LAST, breaks, is_wide, joint, pieces

TEXTS = st.text(alphabet="あいカ、。「」（）ー…ゃabZ_.12,%()[]{} \u3000x\u0302−·Σ", max_size=80)
PAGES_OF_ALL_KINDS = st.text(max_size=60)


def lines(text: str, width: int, **options: object) -> list[str]:
    cuts = [0, *breaks(text, width, **options), len(text)]  # type: ignore[arg-type]
    return [text[a:b] for a, b in pairwise(cuts)]


def test_japanese_fills_its_lines() -> None:
    text = "PyTorch の損失は、ほかの層と同じ nn.Module です。"
    assert lines(text, 20) == ["PyTorch の損失は、ほ", "かの層と同じ ", "nn.Module です。"]


def test_no_line_begins_or_ends_where_it_must_not() -> None:
    text = "損失関数は、「予測がどれだけ外れているか」を、（微分できる）数で表すものです。"
    for width in range(8, 40):
        for line in lines(text, width):
            assert line[0] not in NEVER_FIRST
            assert line[-1] not in NEVER_LAST


def test_identifiers_stay_whole() -> None:
    text = "返り値は`running_mean.detach_copy`です"
    for width in range(28, 40):
        assert any("running_mean.detach_copy" in line for line in lines(text, width))


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("微分できる 1 つの数", 12, ["微分できる ", "1 つの数"]),
        ("It takes about 100 ms in all", 19, ["It takes about ", "100 ms in all"]),
        ("within 2 % of it", 9, ["within ", "2 % of it"]),
        ("メモリは 8 GB です", 11, ["メモリは ", "8 GB です"]),
        ("of 5 apples", 6, ["of 5 ", "apples"]),
    ],
)
def test_a_number_stays_with_what_it_counts(text: str, width: int, expected: list[str]) -> None:
    assert lines(text, width) == expected


def test_what_is_glued_is_broken_only_if_it_has_to_be() -> None:
    text = "call f(a, b) now"
    inside = frozenset(range(text.index("f(") + 1, text.index(" now")))
    assert lines(text, 11, glued=inside) == ["call ", "f(a, b) now"]
    assert lines(text, 5, glued=inside) == ["call ", "f(a, ", "b) ", "now"]


def test_a_long_identifier_is_folded_after_one_of_its_parts() -> None:
    assert lines("torch.nn.functional.binary_cross_entropy", 24) == ["torch.nn.functional.", "binary_cross_entropy"]
    assert lines("aaaaaaaaaaaa", 5) == ["aaaaa", "aaaaa", "aa"]
    assert lines("aaaaaaaaaaaa", 5, fold=False) == ["aaaaaaaaaaaa"]


@given(TEXTS, st.integers(4, 40))
@example("11111\u3000、", 4)  # a space of two cells after what is folded
def test_nothing_is_lost_and_every_line_fits(text: str, width: int) -> None:
    broken = lines(text, width)
    assert "".join(broken) == text
    for line in broken:
        assert cell_len(line.rstrip()) <= width


@given(TEXTS, st.integers(4, 40))
def test_a_forbidden_beginning_is_seen_only_where_a_line_holds_nothing_but_one_piece(text: str, width: int) -> None:
    broken = lines(text, width)
    starts = {start for start, _end in pieces(text)}
    at = 0
    for line in broken[:-1]:
        at += len(line)
        if at not in starts:  # broken inside a piece: then that piece fills the line before by itself
            assert not any(at - len(line) < start < at for start in starts)


@given(TEXTS)
def test_pieces_begin_and_end_as_they_may(text: str) -> None:
    found = list(pieces(text))
    assert "".join(text[start:end] for start, end in found) == (text if text.strip() else "")
    for start, _end in found[1:]:
        before, after = text[start - 1], text[start]
        assert before.isspace() or (before not in NEVER_LAST and after not in NEVER_FIRST)


@given(PAGES_OF_ALL_KINDS, st.integers(2, 20))
def test_any_text_at_all_is_broken(text: str, width: int) -> None:
    assert "".join(lines(text, width)) == text


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("標準の損失で", "足ります", ""),
        ("流れません。", "D = Σ", ""),
        ("英語の identifier", "で終わる", " "),
        ("バッチの", "`forward`", " "),
        ("one", "two", " "),
        ("", "x", ""),
    ],
)
def test_lines_of_a_paragraph_are_joined(before: str, after: str, expected: str) -> None:
    assert joint(before, after) == expected


@pytest.mark.parametrize("sign", "−×·Σᵢ√∂∇∞≤…αβ─│•↪⎛ₜᵀ")
def test_the_signs_of_lessons_are_narrow(sign: str) -> None:
    assert cell_len(sign) == 1
    assert not is_wide(sign)
