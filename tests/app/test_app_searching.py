"""Finding exercises by words and by what they are: pure functions."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_pack import make_packs
from hypothesis import given
from hypothesis import strategies as st

from tutor.app.charts import columns
from tutor.app.screens.filter import filter_words
from tutor.app.searching import Filter, Index, first_match, folded, narrowed
from tutor.app.widgets.catalog_rows import Table, topic_key, track_key
from tutor.catalog.model import Exercise, Pack


@pytest.fixture
def packs(tmp_path: Path) -> tuple[Pack, ...]:
    return make_packs(tmp_path)


def everything(packs: tuple[Pack, ...]) -> list[Exercise]:
    return [exercise for pack in packs for exercise in pack.exercises]


class TestWords:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("focal", ["stable_focal"]),
            ("FOCAL LOSS", ["stable_focal"]),
            ("loss focal", ["stable_focal"]),  # in any order
            ("自作", ["squared_error", "combined", "stable_focal"]),  # the topic's title
            ("平均二乗", ["squared_error"]),
            ("ますく", ["padding_mask"]),  # kana as an input method leaves them before they become katakana
            ("ﾏｽｸ", ["padding_mask"]),
            ("Ｇｒａｐｈ", ["padding_mask"]),
            ("graphs/pad", ["padding_mask"]),
            ("all_reduce", ["all_reduce"]),
            ("平均　勾配", ["all_reduce"]),  # the space of a Japanese keyboard
            ("no such thing", []),
        ],
    )
    def test_what_is_found(self, packs: tuple[Pack, ...], query: str, found: list[str]) -> None:
        keys = Index(packs).find(query)
        assert keys is not None
        assert [e.name for e in everything(packs) if e.key in keys] == found

    @pytest.mark.parametrize("query", ["", "  ", "　"])
    def test_no_words_find_everything(self, packs: tuple[Pack, ...], query: str) -> None:
        assert Index(packs).find(query) is None

    def test_no_word_is_found_across_two_texts(self, packs: tuple[Pack, ...]) -> None:
        exercise = everything(packs)[0]
        assert Index(packs).find(f"{exercise.title['en'][-3:]}{exercise.title['ja'][:2]}") == frozenset()

    @given(st.text(st.characters(max_codepoint=0x3100)), st.data())
    def test_what_is_underlined_is_what_was_typed(self, text: str, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        word = folded(text[start:end])
        found = first_match(text, [word])
        if found is not None:
            assert folded(text)[found[0] : found[1]] == word


class TestFilter:
    def test_one_that_chooses_nothing_accepts_all(self, packs: tuple[Pack, ...]) -> None:
        assert not Filter().active
        assert all(Filter().accepts(e, "new") for e in everything(packs))
        assert narrowed(everything(packs), None, Filter(), lambda e: "new") is None

    def test_each_of_its_parts_narrows(self, packs: tuple[Pack, ...]) -> None:
        def names(filter: Filter) -> list[str]:
            kept = narrowed(everything(packs), None, filter, lambda e: "passed" if e.difficulty == 1 else "new")
            assert kept is not None
            return [e.name for e in everything(packs) if e.key in kept]

        assert names(Filter(states=frozenset({"passed"}))) == ["squared_error"]
        assert names(Filter(difficulties=frozenset({2, 3}))) == ["combined", "padding_mask"]
        assert names(Filter(minutes=20)) == ["squared_error", "combined"]
        assert names(Filter(frozenset({"new"}), frozenset({1, 2}), 20)) == ["combined"]

    def test_search_and_filter_narrow_together(self, packs: tuple[Pack, ...]) -> None:
        found = Index(packs).find("loss")
        kept = narrowed(everything(packs), found, Filter(minutes=15), lambda e: "new")
        assert kept == {"custom_loss/squared_error"}

    def test_it_is_said_in_words(self) -> None:
        filter = Filter(frozenset({"failed", "new"}), frozenset({1, 2, 3, 5}), 20)
        assert filter_words(filter) == "new, not yet · difficulty 1–3, 5 · up to 20 min"


class TestRows:
    def kinds(self, packs: tuple[Pack, ...], *arguments: set[str]) -> str:
        return "".join(row.kind[0] if row.kind != "track" else "T" for row in Table(packs).rows(*arguments))

    def test_all(self, packs: tuple[Pack, ...]) -> None:
        assert self.kinds(packs) == "TteeebTtete"

    def test_folded(self, packs: tuple[Pack, ...]) -> None:
        track, other = packs[0].tracks
        assert self.kinds(packs, {topic_key(track.topics[0])}) == "TtbTtete"
        assert self.kinds(packs, {track_key(track), topic_key(other.topics[1])}) == "TbTtet"

    def test_narrowed_down_nothing_is_folded_and_no_heading_stands_alone(self, packs: tuple[Pack, ...]) -> None:
        folded_ = {track_key(packs[0].tracks[1])}
        assert self.kinds(packs, folded_, {"graphs/padding_mask"}) == "Tte"
        assert self.kinds(packs, folded_, set()) == ""

    def test_keys_tell_rows_apart(self, packs: tuple[Pack, ...]) -> None:
        found = [row for row in Table(packs).rows() if row.stops]
        assert len({row.key for row in found}) == len(found)


class TestChart:
    @given(st.lists(st.integers(0, 10**6), max_size=100), st.integers(0, 80), st.integers(0, 8))
    def test_it_fits_and_whatever_is_not_nothing_shows(self, values: list[int], width: int, height: int) -> None:
        lines = columns(values, width, height)
        assert len(lines) == height
        assert all(len(line) <= max(width, 0) for line in lines)
        if lines and width and values:
            shown = values[-width:]
            each = len(lines[-1]) // len(shown)
            assert [lines[-1][index * each] != " " for index in range(len(shown))] == [v > 0 for v in shown]

    def test_the_largest_is_as_high_as_the_chart(self) -> None:
        assert columns([4, 2, 0, 1], 8, 2) == ["█       ", "█ █   ▄ "]
