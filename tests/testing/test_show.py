"""What graders can show: how it is checked, scaled and handed on, and what crosses to the server."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

from tutor.grading import messages
from tutor.grading.report import Drawing, Images, Matrix, Scatter
from tutor.testing import confusion, curve, gallery, matrix, picture, scatter, show

Shown = list[tuple[str, str, Any]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Everything that was shown, as the sink receives it."""
    found: Shown = []
    monkeypatch.setattr(show, "_sink", lambda *what: found.append(what))
    return found


def drawing(shown: Shown) -> Drawing:
    """The only thing shown, as it comes out of the server's decoder."""
    ((kind, name, values),) = shown
    message = messages.decode_from_box(messages.encode(messages.shown(kind, name, values)))
    assert isinstance(message, messages.Draw)
    return message.drawing


def images(shown: Shown) -> Images:
    found = drawing(shown)
    assert isinstance(found, Images)
    return found


def test_curves_go_to_the_sink(shown: Shown) -> None:
    curve("loss", torch.tensor(0.5))
    curve("loss", [1.0, 2.0])
    assert shown == [("curve", "loss", [0.5]), ("curve", "loss", [1.0, 2.0])]
    message = messages.shown(*shown[1])
    assert messages.decode_from_box(messages.encode(message)) == messages.Show("curve", "loss", (1.0, 2.0))


def test_a_long_curve_goes_in_several_messages(shown: Shown) -> None:
    values = [float(i) for i in range(2 * show.MOST_VALUES + 1)]
    curve(7, values)  # type: ignore[arg-type]
    assert [(kind, name, len(part)) for kind, name, part in shown] == [
        ("curve", "7", show.MOST_VALUES),
        ("curve", "7", show.MOST_VALUES),
        ("curve", "7", 1),
    ]
    assert [v for *_what, part in shown for v in part] == values


def test_nothing_is_needed_to_show_nowhere() -> None:
    before = show.sink()
    show.use_sink(None)
    try:
        curve("loss", 1.0)
        picture("digit", torch.zeros(2, 2))
        matrix("map", [[1.0]])
        scatter("points", [[1.0, 2.0]])
    finally:
        show.use_sink(before)


class TestPicture:
    def test_the_smallest_is_black_and_the_largest_white(self, shown: Shown) -> None:
        picture("digit", torch.tensor([[0.0, 2.0], [4.0, 1.0]]))
        found = images(shown)
        (image,) = found.images
        assert (image.height, image.width, image.pixels) == (2, 2, bytes([0, 128, 255, 64]))
        assert (found.name, found.low, found.high) == ("digit", 0.0, 4.0)

    def test_colours_lie_side_by_side(self, shown: Shown) -> None:
        picture("flower", torch.tensor([[[0.0, 1.0]], [[0.5, 0.0]], [[0.0, 0.25]]]))
        (image,) = images(shown).images
        assert image.colour
        assert (image.height, image.width, image.pixels) == (1, 2, bytes([0, 128, 0, 255, 0, 64]))

    def test_black_and_white_can_be_given(self, shown: Shown) -> None:
        picture("digit", torch.tensor([[-1.0, 0.0, 1.0, 3.0]]), low=-1, high=1)
        (image,) = images(shown).images
        assert image.pixels == bytes([0, 128, 255, 255])

    def test_the_widest_span_and_what_is_not_finite(self, shown: Shown) -> None:
        picture("wide", torch.tensor([[-1.7e308, 0.0, 1.7e308]], dtype=torch.float64))
        picture("odd", torch.tensor([[math.nan, 1.0, math.inf, 2.0]]))
        picture("nothing", torch.tensor([[math.nan]]))
        picture("level", torch.tensor([[3.0, 3.0]]))
        pixels = [what["images"][0]["pixels"] for _kind, _name, what in shown]
        assert pixels == [bytes([0, 128, 255]), bytes([0, 0, 0, 255]), b"\0", b"\0\0"]

    def test_neither_a_graph_nor_a_dtype_is_in_the_way(self, shown: Shown) -> None:
        picture("a", torch.rand(2, 3, requires_grad=True))
        picture("b", torch.ones(2, 3, dtype=torch.bool))
        picture("c", torch.rand(3, 2).to(torch.bfloat16).T)
        assert [(what["images"][0]["height"], what["images"][0]["width"]) for *_name, what in shown] == [(2, 3)] * 3

    @pytest.mark.parametrize("shape", [(257, 1), (1, 257), (3, 257, 2)])
    def test_one_that_no_screen_can_show_is_refused_with_a_way_out(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match="at most 256 by 256 pixels"):
            picture("digit", torch.zeros(shape))

    @pytest.mark.parametrize("shape", [(2, 2, 2), (3,), (0, 3), (1, 3, 4, 4)])
    def test_its_shape_is_said(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match=r"\(height, width\) or \(3, height, width\), not"):
            picture("digit", torch.zeros(shape))


class TestGallery:
    def test_captions_and_marks_go_along(self, shown: Shown) -> None:
        gallery("digits", torch.zeros(2, 3, 4), ["7", "1 → 2"], torch.tensor([True, False]))
        found = images(shown)
        assert [(i.caption, i.right, i.height, i.width) for i in found.images] == [
            ("7", True, 3, 4),
            ("1 → 2", False, 3, 4),
        ]

    def test_all_share_one_scale(self, shown: Shown) -> None:
        gallery("samples", torch.tensor([[[0.0]], [[1.0]], [[0.5]]]))
        assert [image.pixels for image in images(shown).images] == [b"\0", b"\xff", b"\x80"]

    def test_colour(self, shown: Shown) -> None:
        gallery("samples", torch.rand(4, 3, 5, 6))
        assert [(image.colour, len(image.pixels)) for image in images(shown).images] == [(True, 90)] * 4

    def test_as_many_as_fit(self, shown: Shown) -> None:
        gallery("samples", torch.rand(64, 3, 32, 32))
        assert len(images(shown).images) == 64

    @pytest.mark.parametrize("shape", [(65, 2, 2), (5, 128, 128), (1, 257, 1)])
    def test_too_many_are_refused_with_a_way_out(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match=r"at most 64 pictures and 65,536 pixels .* show the first few"):
            gallery("samples", torch.zeros(shape))

    @pytest.mark.parametrize("shape", [(2, 2), (2, 1, 2, 2), (0, 2, 2)])
    def test_its_shape_is_said(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match=r"\(n, height, width\) or \(n, 3, height, width\), not"):
            gallery("samples", torch.zeros(shape))

    def test_captions_have_to_match(self) -> None:
        with pytest.raises(ValueError, match=r"gallery\(\) was given 1 captions, but there should be 2"):
            gallery("samples", torch.zeros(2, 1, 1), ["one"])
        with pytest.raises(ValueError, match=r"gallery\(\) was given 3 right, but there should be 2"):
            gallery("samples", torch.zeros(2, 1, 1), right=[True, True, True])


class TestMatrix:
    def test_values_labels_and_axes(self, shown: Shown) -> None:
        matrix("attention", torch.tensor([[0.25, 0.75]]), ["the"], ["a", 7], axes=("query", "key"))
        assert drawing(shown) == Matrix("attention", ((0.25, 0.75),), ("the",), ("a", "7"), ("query", "key"))

    def test_lists_and_odd_numbers(self, shown: Shown) -> None:
        matrix("m", [[1, 2], [math.inf, 4]])
        assert drawing(shown) == Matrix("m", ((1.0, 2.0), (math.inf, 4.0)))

    @pytest.mark.parametrize(
        ("shape", "words"),
        [((2,), "rows, columns"), ((0, 2), "rows, columns"), ((65, 1), "64 rows"), ((1, 65), "64 columns")],
    )
    def test_its_shape_is_said(self, shape: tuple[int, ...], words: str) -> None:
        with pytest.raises(ValueError, match=words):
            matrix("m", torch.zeros(shape))

    def test_labels_have_to_match(self) -> None:
        with pytest.raises(ValueError, match=r"matrix\(\) was given 1 columns, but there should be 3"):
            matrix("m", torch.zeros(2, 3), columns=["a"])


class TestConfusion:
    def test_it_counts(self, shown: Shown) -> None:
        confusion("digits", torch.tensor([0, 0, 1, 2]), torch.tensor([0, 1, 1, 0]), ["cat", "dog", "cow"])
        names = ("cat", "dog", "cow")
        values = ((1.0, 1.0, 0.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
        assert drawing(shown) == Matrix("digits", values, names, names, ("true class", "predicted class"))

    def test_without_names_there_are_as_many_classes_as_came(self, shown: Shown) -> None:
        confusion("digits", [0, 1], [1, 3])
        found = drawing(shown)
        assert isinstance(found, Matrix)
        assert (len(found.values), found.rows) == (4, ())

    @pytest.mark.parametrize(
        ("target", "predicted", "classes"),
        [
            ([0, 1], [0], None),
            ([[0]], [[0]], None),
            ([], [], None),
            ([0, 2], [0, 1], ["a", "b"]),
            ([-1], [0], None),
            ([64], [0], None),
        ],
    )
    def test_what_are_no_classes(self, target: Any, predicted: Any, classes: Any) -> None:
        with pytest.raises(ValueError, match=r"confusion\(\) takes"):
            confusion("digits", target, predicted, classes)


class TestScatter:
    def test_whole_numbers_are_classes_with_names(self, shown: Shown) -> None:
        scatter("embedding", torch.tensor([[0.0, 1.0], [2.0, 3.0]]), torch.tensor([2, 0]), names=["a", "b", "c"])
        assert drawing(shown) == Scatter("embedding", ((0.0, 1.0), (2.0, 3.0)), (1, 0), ("a", "c"))

    def test_texts_are_classes_in_the_order_in_which_they_come(self, shown: Shown) -> None:
        scatter("words", [[0, 0], [1, 1], [2, 2]], ["verb", "noun", "verb"])
        assert drawing(shown) == Scatter("words", ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0)), (0, 1, 0), ("verb", "noun"))

    def test_without_classes(self, shown: Shown) -> None:
        scatter("samples", torch.zeros(2000, 2))
        assert drawing(shown) == Scatter("samples", ((0.0, 0.0),) * 2000)

    @pytest.mark.parametrize(
        ("points", "labels", "names", "words"),
        [
            (torch.zeros(2, 3), None, None, r"shape \(n, 2\), not \(2, 3\)"),
            (torch.zeros(0, 2), None, None, r"shape \(n, 2\)"),
            (torch.zeros(2001, 2), None, None, "at most 2,000 points"),
            (torch.zeros(2, 2), [0], None, "1 labels, but there should be 2"),
            (torch.zeros(17, 2), list(range(17)), None, "at most 16 classes"),
            (torch.zeros(1, 2), [2], ["a", "b"], "2 names, and labels that are not 0 to 1"),
            (torch.zeros(1, 2), ["x"], ["a", "b"], "2 names, and labels that are not 0 to 1"),
        ],
    )
    def test_what_does_not_fit_is_said(self, points: Any, labels: Any, names: Any, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            scatter("s", points, labels, names=names)


@pytest.mark.parametrize(
    "values",
    ["text", None, 1j, torch.tensor(1j), [[1.0], [1.0, 2.0]], pytest.param(10**400, id="huge"), [torch.tensor(1j)]],
)
@pytest.mark.parametrize("function", [curve, picture, gallery, matrix, scatter])
def test_what_is_drawn_are_real_numbers(function: Callable[..., None], values: Any) -> None:
    with pytest.raises(TypeError, match=rf"{function.__name__}\(\) takes real numbers, not this"):
        function("name", values)


@pytest.mark.parametrize("name", ["MOST_SPOTS", "MOST_CLASSES", "MOST_CELLS"])
def test_the_limits_are_those_of_the_server(name: str) -> None:
    from tutor.grading import report

    assert getattr(show, name) == getattr(report, name)
    assert (show.MOST_GALLERY, show.MOST_PICTURE_SIDE) == (report.MOST_IMAGES, report.MOST_SIDE)
    assert show.MOST_GALLERY_PIXELS * 3 == report.MOST_PIXEL_BYTES
