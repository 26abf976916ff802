"""Pictures and heat maps cell by cell, and pictures as a terminal is sent them."""

from __future__ import annotations

import hashlib
import math
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color, ColorSystem

from tutor.app import kitty
from tutor.app.drawing import SHADES, Colours, Look, Row, ink, merged, plain
from tutor.app.figures import Artist, Group, Room
from tutor.app.graphics import colours_of, graphics_of
from tutor.app.heat import heat_map, number_texts
from tutor.app.pictures import SMALL, TALLEST, Pixels, captioned, half_blocks, pixels, resized, shelves
from tutor.grading.report import Image, Images, Matrix
from tutor.locale import use

MANY = Look("many")
PALE, DARK = ink(255, 255, 255), ink(0, 0, 0)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    use("en")
    yield
    use("en")


def grey(*rows: list[int]) -> Pixels:
    return np.repeat(np.array(rows, dtype=np.float64)[:, :, np.newaxis], 3, axis=2)


def image(height: int, width: int, value: int = 255, caption: str = "", right: bool | None = None) -> Image:
    return Image(height, width, bytes([value]) * (height * width), caption, right)


class TestHalfBlocks:
    def test_two_rows_share_a_line(self) -> None:
        found = half_blocks(grey([0, 255], [255, 255]), MANY)
        assert found == [(("▀", f"{DARK} on {PALE}"), ("▀", f"{PALE} on {PALE}"))]

    def test_an_odd_last_row_stands_over_nothing(self) -> None:
        assert half_blocks(grey([255, 255]), MANY) == [(("▀▀", PALE),)]

    def test_colours_stay(self) -> None:
        flower = Image(1, 2, bytes([255, 0, 0, 0, 9, 200]))
        assert half_blocks(pixels(flower), MANY) == [(("▀", ink(255, 0, 0)), ("▀", ink(0, 9, 200)))]

    @pytest.mark.parametrize(("value", "share"), [(0, 0.0), (64, 0.5), (160, 0.5), (255, 1.0)])
    def test_sixteen_colours_mix_two_of_their_greys(self, value: int, share: float) -> None:
        (line, *_more) = half_blocks(grey(*[[value] * 8] * 8), Look("sixteen"))
        greys = {style for _text, style in line}
        named = {part for style in greys for part in style.split(" on ")}
        assert named <= {ink(*[level] * 3) for level in (0, 128, 192, 255)}
        assert (len(named) > 1) is (share == 0.5)

    def test_sixteen_colours_mix_pure_ones(self) -> None:
        grid = np.zeros((8, 8, 3))
        grid[:, :, 0] = 128
        named = {
            part for row in half_blocks(grid, Look("sixteen")) for _t, style in row for part in style.split(" on ")
        }
        assert named == {ink(0, 0, 0), ink(255, 0, 0)}

    @pytest.mark.parametrize(("dark", "signs"), [(True, SHADES), (False, SHADES[::-1])])
    def test_without_colours_shades_are_brighter_the_more_of_the_texts_colour(self, dark: bool, signs: str) -> None:
        grid = grey([0, 60, 128, 180, 255], [0, 60, 128, 180, 255])
        assert half_blocks(grid, Look("none", dark=dark)) == [((signs, ""),)]


class TestSizes:
    @pytest.mark.parametrize(
        ("height", "width", "room", "wanted", "size"),
        [
            (8, 8, 80, 32, (32, 32)),
            (28, 28, 80, 32, (28, 28)),
            (28, 28, 80, 16, (14, 14)),
            (32, 32, 80, 16, (16, 16)),
            (256, 256, 60, 32, (43, 43)),
            (1, 40, 20, 32, (1, 20)),
            (8, 8, 12, 32, (8, 8)),
            (300, 1, 80, 32, (43, 1)),
            (5, 5, 1, 16, (1, 1)),
        ],
    )
    def test_by_whole_factors(self, height: int, width: int, room: int, wanted: int, size: tuple[int, int]) -> None:
        assert resized(pixels(image(height, width)), room, wanted).shape[:2] == size

    def test_smaller_is_the_mean_of_what_there_is(self) -> None:
        stripes = Image(2, 5, bytes([255, 0, 255, 0, 255] * 2))
        assert resized(pixels(stripes), 3, 3)[:, :, 0].tolist() == [[127.5, 127.5, 255.0]]

    @given(st.integers(1, 256), st.integers(1, 256), st.integers(1, 100), st.sampled_from([SMALL, 2 * SMALL]))
    def test_every_picture_fits(self, height: int, width: int, room: int, wanted: int) -> None:
        grid = resized(pixels(image(height, width)), room, wanted)
        assert grid.shape[1] <= room
        assert grid.shape[0] <= 2 * TALLEST
        assert not np.isnan(grid).any()


class TestShelves:
    def test_side_by_side_with_captions_below(self) -> None:
        rows = plain(
            shelves([image(8, 8, caption="7", right=True), image(8, 8, caption="1 → 2", right=False)], 80, MANY)
        )
        assert rows == ["▀" * 32 + "  " + "▀" * 32] * 16 + ["✓ 7" + " " * 31 + "✗ 1 → 2"]

    def test_as_many_as_fit(self) -> None:
        rows = plain(shelves([image(8, 8, caption=str(n)) for n in range(3)], 70, MANY))
        assert [line for line in rows if "▀" not in line] == ["0" + " " * 33 + "1", "2"]

    def test_many_are_smaller(self) -> None:
        rows = plain(shelves([image(28, 28)] * 9, 80, MANY))
        assert rows[0] == "  ".join(["▀" * 14] * 5)

    def test_a_long_caption_is_cut(self) -> None:
        (*_picture, caption) = plain(shelves([image(8, 8, caption="とても長い説明" * 9)], 30, MANY))
        assert cell_len(caption) <= 30
        assert caption.endswith("…")

    def test_marks(self) -> None:
        assert [captioned(image(1, 1, caption="7", right=r)) for r in (None, True, False)] == ["7", "✓ 7", "✗ 7"]

    @given(
        st.lists(
            st.builds(image, st.integers(1, 40), st.integers(1, 40), caption=st.text("あa ", max_size=30)), min_size=1
        ),
        st.integers(1, 90),
        st.sampled_from(["many", "sixteen", "none"]),
    )
    def test_no_line_is_too_long(self, images: list[Image], width: int, colours: Colours) -> None:
        assert all(cell_len(line) <= width for line in plain(shelves(images, width, Look(colours))))


ATTENTION = Matrix("attention", ((1.0, 0.0), (0.25, 0.75)), ("the", "cat"), ("the", "cat"), ("query", "key"))


class TestHeatMaps:
    def test_labels_numbers_and_what_the_colours_mean(self) -> None:
        assert plain(heat_map(ATTENTION, 40, "many")) == [
            "rows: query · columns: key",
            "      the   cat",
            "the  1.00     0 ",
            "cat  0.25  0.75 ",
            "0              1",
        ]

    def test_axes_speak_the_learners_language(self) -> None:
        use("ja")
        assert "query" not in plain(heat_map(ATTENTION, 60, "many"))[0]
        other = Matrix("m", ((1.0,),), axes=("Lehrer", ""))
        assert "Lehrer" in plain(heat_map(other, 60, "many"))[0]

    def test_without_colours_a_shade_stands_before_each_number(self) -> None:
        assert [line.rstrip() for line in plain(heat_map(ATTENTION, 40, "none"))] == [
            "rows: query · columns: key",
            "    the    cat",
            "the █1.00   0",
            "cat ░0.25  ▓0.75",
            "0  ░▒▓█ 1",
        ]

    def test_where_the_numbers_do_not_fit_cells_remain(self) -> None:
        words = ("the", "cat", "sat")
        eye = Matrix("m", ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.5)), words, words)
        assert [line.rstrip() for line in plain(heat_map(eye, 14, "none"))] == [
            "    0  1  2",
            "the ███",
            "cat    ███",
            "sat       ▒▒▒",
            "columns:",
            "0 the  1 cat",
            "2 sat",
            "0  ░▒▓█ 1",
        ]

    def test_more_columns_than_cells_are_averaged_and_that_is_said(self) -> None:
        wide = Matrix("m", tuple((1.0, 3.0) * 32 for _row in range(4)))
        lines = plain(heat_map(wide, 40, "none"))
        assert " ".join(lines[-2:]) == "each cell is the mean of 2 by 2 values: there is no room for all"
        assert lines[0].split() == [str(number) for number in range(0, 70, 10)]

    def test_below_and_above_zero_have_two_colours(self) -> None:
        (_heads, line, _scale) = heat_map(Matrix("m", ((-2.0, 0.0, 2.0),)), 40, "many")
        below, middle, above = (style.partition(" on ")[2] for text, style in line if " on " in style)
        assert below == ink(33, 102, 172)
        assert middle == ink(247, 247, 247)
        assert above == ink(178, 24, 43)

    def test_numbers_are_readable_on_every_ground(self) -> None:
        (_heads, line, _scale) = heat_map(Matrix("m", (tuple(n / 10 for n in range(11)),)), 90, "many")
        for text, style in line:
            if " on " in style and text.strip():
                (a, b) = (sum(map(int, re.findall(r"\d+", part))) for part in style.split(" on "))
                assert abs(a - b) > 200

    def test_what_is_not_finite_is_marked(self) -> None:
        for colours in ("many", "none"):
            lines = plain(heat_map(Matrix("m", ((1.0, math.nan), (math.inf, 2.0))), 40, colours))  # type: ignore[arg-type]
            assert sum(line.count("×") for line in lines) == 3
            assert lines[-1] == "× not finite"

    @pytest.mark.parametrize(
        ("values", "texts"),
        [
            ([[3.0, 120.0]], [["3", "120"]]),
            ([[0.0, 0.333]], [["0", "0.33"]]),
            ([[-12.345, 0.5]], [["-12.3", "0.5"]]),
            ([[1e-9, 2.5e-9]], [["1e-09", "2.5e-09"]]),
            ([[1e30, 1.0]], [["1e+30", "1"]]),
            ([[math.nan]], [["×"]]),
        ],
    )
    def test_numbers_are_short(self, values: list[list[float]], texts: list[list[str]]) -> None:
        assert number_texts(np.array(values)) == texts

    @given(
        st.integers(1, 70).flatmap(
            lambda width: st.lists(st.lists(st.floats(), min_size=width, max_size=width), min_size=1, max_size=4)
        ),
        st.integers(8, 90),
        st.sampled_from(["many", "sixteen", "none"]),
        st.booleans(),
    )
    @example(values=[[1.0, 2.0]], width=8, colours="sixteen", named=False)
    def test_any_numbers_fit(self, values: list[list[float]], width: int, colours: Colours, named: bool) -> None:
        columns = tuple(f"列{n}" for n in range(len(values[0]))) if named else ()
        rows = heat_map(Matrix("m", tuple(map(tuple, values)), columns=columns), width, colours)
        body = [line for line in plain(rows) if not line.startswith(("each cell", "all values", "-", "0 ", "× "))]
        assert all(cell_len(line.rstrip()) <= width for line in body)


class TestKitty:
    def test_the_signs_are_the_protocols(self) -> None:
        """Its list is a file of code points; this is the hash of the first of them."""
        signs = "".join(kitty._marks())
        assert len(signs) == kitty.MOST_CELLS
        assert hashlib.sha256(signs.encode()).hexdigest().startswith("4839becd9b1ad4c5")

    def test_a_picture_crosses_whole(self) -> None:
        flower = Image(2, 3, bytes(range(18)))
        first, *_more = sequences(kitty.sent(flower, 7, 3, 1))
        control, data = first
        assert control == {
            "a": "T",
            "U": "1",
            "q": "2",
            "i": "7",
            "f": "24",
            "o": "z",
            **keys(s=30, v=20, c=3, r=1, m=0),
        }
        raw = np.frombuffer(zlib.decompress(b64decode(data)), np.uint8).reshape(20, 30, 3)
        assert (raw[::10, ::10].reshape(-1) == np.arange(18)).all()
        assert (raw == raw[::10, ::10].repeat(10, 0).repeat(10, 1)).all()

    def test_a_grey_picture_has_three_equal_parts(self) -> None:
        ((_control, data),) = sequences(kitty.sent(Image(1, 2, b"\x05\x09"), 1, 1, 1))
        raw = np.frombuffer(zlib.decompress(b64decode(data)), np.uint8).reshape(-1, 10, 3)
        assert set(raw[:, :5].reshape(-1)) == {5}
        assert set(raw[:, 5:].reshape(-1)) == {9}

    def test_a_large_one_comes_in_parts(self) -> None:
        noise = np.random.default_rng(0).integers(0, 256, 256 * 256, np.uint8).tobytes()
        parts = sequences(kitty.sent(Image(256, 256, noise), 1, 60, 30))
        assert len(parts) > 10
        assert max(len(data) for _control, data in parts) <= kitty.CHUNK
        assert [control["m"] for control, _data in parts] == ["1"] * (len(parts) - 1) + ["0"]
        assert all(set(control) <= {"q", "m"} for control, _data in parts[1:])
        raw = zlib.decompress(b64decode("".join(data for _control, data in parts)))
        assert raw[::3] == noise

    def test_cells_say_where_they_belong(self) -> None:
        rows = kitty.cells(0, 3, 2)
        assert [cell_len(line) for line in plain(rows)] == [3, 3]
        marks = kitty._marks()
        assert plain(rows)[1][3:6] == kitty.PLACEHOLDER + marks[1] + marks[1]
        assert {style for row in rows for _text, style in row} == {ink(*kitty.NUMBERS[0])}

    def test_every_number_is_one_colour_with_256_and_with_all(self) -> None:
        places = range(len(kitty.NUMBERS))
        for all_colours in (True, False):
            assert len({kitty.number_of(place, all_colours=all_colours) for place in places}) == len(places)
        for place in places:
            reduced = Color.from_rgb(*kitty.NUMBERS[place]).downgrade(ColorSystem.EIGHT_BIT)
            assert reduced.number == kitty.number_of(place, all_colours=False)


def sequences(text: str) -> list[tuple[dict[str, str], str]]:
    """The keys and the data of each of kitty's sequences in ``text``, which has nothing else."""
    found = re.findall(r"\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\", text)
    assert sum(len(control) + len(data) for control, data in found) >= len(text) - 6 * len(found)
    return [(dict(part.split("=") for part in control.split(",")), data) for control, data in found]


def keys(**values: int) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


class TestTheTerminal:
    @pytest.mark.parametrize(
        ("no_color", "system", "colours"),
        [
            (False, "truecolor", "many"),
            (False, "256", "many"),
            (False, "standard", "sixteen"),
            (False, "windows", "sixteen"),
            (False, None, "none"),
            (True, "truecolor", "none"),
        ],
    )
    def test_colours(self, no_color: bool, system: str | None, colours: str) -> None:
        assert colours_of(no_color, system) == colours

    @pytest.mark.parametrize(
        ("environment", "system", "graphics"),
        [
            ({"TERM": "xterm-kitty"}, "truecolor", "kitty"),
            ({"TERM": "xterm-kitty", "SSH_TTY": "/dev/pts/1"}, "256", "kitty256"),
            ({"TERM": "xterm-ghostty"}, "truecolor", "kitty"),
            ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, "truecolor", "kitty"),
            ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "truecolor", ""),
            ({"TERM": "xterm-256color", "KONSOLE_VERSION": "240800"}, "truecolor", ""),
            ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux-1/default,1,0"}, "truecolor", ""),
            ({"TERM": "xterm-kitty", "STY": "1.pts"}, "truecolor", ""),
            ({"TERM": "tmux-256color", "TERM_PROGRAM": "kitty"}, "truecolor", ""),
            ({"TERM": "xterm-kitty"}, "standard", ""),
            ({"TERM": "xterm-kitty"}, None, ""),
            ({"TERM": "xterm-kitty", "TUTOR_GRAPHICS": "off"}, "truecolor", ""),
            ({"TERM": "xterm-256color", "TUTOR_GRAPHICS": "kitty"}, "truecolor", "kitty"),
            ({"TERM": "xterm-256color", "TUTOR_GRAPHICS": "kitty"}, "standard", ""),
            ({}, "truecolor", ""),
        ],
    )
    def test_graphics(self, environment: dict[str, str], system: str | None, graphics: str) -> None:
        assert graphics_of(environment, system) == graphics


class TestTheArtist:
    def room(self, width: int = 60, graphics: str = "kitty") -> Room:
        return Room(width, 24, Look("many", graphics), "en")  # type: ignore[arg-type]

    def group(self, *drawings: Images) -> list[Group]:
        return [Group("✓ passed  It learns", drawings)]

    def test_what_has_not_changed_is_sent_once(self) -> None:
        artist, digit = Artist(), Images("digit", (image(8, 8),))
        first = artist.draw(self.group(digit), self.room())
        assert [control["i"] for control, _data in sequences(artist.take_words())] == [number(0)]
        assert artist.draw(self.group(digit), self.room()) == first
        assert artist.take_words() == ""

    def test_a_newer_one_of_the_name_takes_the_number(self) -> None:
        artist = Artist()
        for value in (255, 128):
            artist.draw(self.group(Images("samples", (image(8, 8, value), image(8, 8, value + 1 & 255)))), self.room())
            assert [c["i"] for c, _data in sequences(artist.take_words())] == [number(0), number(1)]

    def test_another_room_is_told_everything_anew(self) -> None:
        artist, digit = Artist(), Images("digit", (image(8, 8),))
        artist.draw(self.group(digit), self.room())
        artist.take_words()
        artist.draw(self.group(digit), self.room(40))
        gone, sent = sequences(artist.take_words())
        assert gone[0] == {"a": "d", "d": "I", "i": number(0), "q": "2"}
        assert sent[0]["i"] == number(0)

    def test_a_terminal_that_has_forgotten_is_told_again(self) -> None:
        artist, digit = Artist(), Images("digit", (image(8, 8),))
        artist.draw(self.group(digit), self.room())
        artist.take_words()
        artist.forget()
        artist.draw(self.group(digit), self.room())
        assert [control["a"] for control, _data in sequences(artist.take_words())] == ["T"]
        assert [control["a"] for control, _data in sequences("".join(artist.parting_words()))] == ["d"]

    def test_more_than_there_are_numbers_are_drawn_in_blocks(self) -> None:
        artist = Artist()
        many = [Images(f"gallery {n}", (image(2, 2),) * 64) for n in range(4)]
        rows = plain(artist.draw(self.group(*many), self.room(200)))
        assert len(sequences(artist.take_words())) == len(kitty.NUMBERS)
        assert any("▀" in row for row in rows)
        assert any(kitty.PLACEHOLDER in row for row in rows)

    def test_elsewhere_nothing_is_sent(self) -> None:
        artist = Artist()
        rows = artist.draw(self.group(Images("digit", (image(8, 8),))), self.room(graphics=""))
        assert "▀" in "".join(plain(rows))
        assert artist.take_words() == "".join(artist.parting_words()) == ""

    def test_the_facts_come_first(self) -> None:
        heading, facts, *_picture = plain(Artist().draw(self.group(Images("digit", (image(8, 8),))), self.room(80, "")))
        assert heading == "✓ passed  It learns"
        assert facts == "digit: a picture of 8 by 8 pixels, from 0 (black) to 1 (white)"


def number(place: int) -> str:
    return str(kitty.number_of(place, all_colours=True))


def test_neighbours_of_one_style_are_one_span() -> None:
    row: Row = merged([("a", ""), ("b", ""), ("", "dim"), ("c", "dim")])
    assert row == (("ab", ""), ("c", "dim"))
