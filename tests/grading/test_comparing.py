"""What the judge says of the two sides of a comparison."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
import torch

from tutor.grading import wire
from tutor.grading.judge import explain
from tutor.grading.report import Comparison, Facts, Report
from tutor.testing import Mismatch, expect, expect_close, expect_finite, expect_shape


def compared(expectation: Callable[[], None], device: str = "cpu") -> Comparison | None:
    with pytest.raises(Mismatch) as caught:
        expectation()
    return explain("test_value", caught.value, device).comparison


def test_both_sides_are_described_and_subtracted() -> None:
    found = compared(lambda: expect_close(torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 2.5]])))
    assert found is not None
    assert found.expected_facts == found.came_facts == Facts((1, 2), "float32", "cpu")
    assert found.difference == ((0.0, -0.5),)
    assert (found.largest_difference, found.at) == (0.5, (0, 1))


def test_a_vector_is_one_row() -> None:
    found = compared(lambda: expect_close(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 2.0])))
    assert found is not None
    assert found.difference == ((-2.0, 0.0),)


@pytest.mark.parametrize(
    ("shape", "at", "part"),
    [
        ((17,), (0,), ((0, 16),)),
        ((17,), (16,), ((1, 17),)),
        ((100, 40), (50, 3), ((42, 58), (0, 16))),
        ((1, 17), (0, 16), ((0, 1), (1, 17))),
        ((2, 2, 2), (1, 0, 1), ((1, 2), (0, 2), (0, 2))),
        ((3, 4, 5, 30), (2, 3, 4, 29), ((2, 3), (3, 4), (0, 5), (14, 30))),
        ((2, 1, 1), (1, 0, 0), ((1, 2), (0, 1), (0, 1))),
    ],
)
def test_of_a_large_tensor_the_part_with_the_largest_difference_is_shown(
    shape: tuple[int, ...], at: tuple[int, ...], part: tuple[tuple[int, int], ...]
) -> None:
    came = torch.zeros(shape)
    came[at] = -2.0
    found = compared(lambda: expect_close(came, torch.zeros(shape)))
    assert found is not None
    assert (found.at, found.part) == (at, part)
    assert min(value for row in found.difference for value in row) == -2.0
    last = [end - start for start, end in part[-2:]]
    assert [len(found.difference), len(found.difference[0])] == (last if len(last) == 2 else [1, *last])


@pytest.mark.parametrize("shape", [(), (0,), (2, 0)])
def test_one_number_or_none_needs_no_map(shape: tuple[int, ...]) -> None:
    came = torch.ones(shape, dtype=torch.float64) if 0 in shape else torch.ones(shape)
    found = compared(lambda: expect_close(came, torch.zeros(shape)))
    assert found is not None
    assert (found.difference, found.part) == ((), ())


def test_complex_numbers_differ_by_their_distance() -> None:
    found = compared(lambda: expect_close(torch.tensor([3 + 4j]), torch.tensor([0j])))
    assert found is not None
    assert found.difference == ((5.0,),)


def test_what_is_not_finite_is_counted() -> None:
    wanted = torch.tensor([float("inf"), 0.0])
    found = compared(lambda: expect_close(torch.tensor([float("nan"), float("-inf")]), wanted))
    assert found is not None
    assert found.came_facts is not None
    assert (found.came_facts.nan, found.came_facts.infinite, found.came_facts.finite) == (1, 1, False)


def test_another_dtype_is_a_fact_and_no_difference() -> None:
    found = compared(lambda: expect_close(torch.ones(2, dtype=torch.float64), torch.ones(2)))
    assert found is not None
    assert found.expected_facts == Facts((2,), "float32", "cpu")
    assert found.came_facts == Facts((2,), "float64", "cpu")
    assert found.difference == ()


def test_of_a_shape_only_the_shape_is_expected() -> None:
    found = compared(lambda: expect_shape(torch.ones(2, dtype=torch.int64), ()))
    assert found is not None
    assert found.expected_facts == Facts(())
    assert found.came_facts == Facts((2,), "int64", "cpu")


def test_a_sentence_of_the_graders_own_compares_nothing() -> None:
    assert compared(lambda: expect(False, en="No.", ja="いいえ。")) is None
    found = compared(lambda: expect_finite(torch.tensor(float("nan"))))
    assert found is not None
    assert found.expected_facts is None
    none = compared(lambda: expect_close(None, torch.ones(2)))
    assert none is not None
    assert none.came_facts is None


def from_gpu(name: str) -> torch.Tensor:
    """A tensor as a box on a GPU would send it."""
    sent = wire.encode(torch.ones(2))
    assert b"\xa3cpu" in sent
    longer = len(name) - 3
    # An extension of 8 bits' length: one byte each for the type, its length and its code.
    assert sent[0] == 0xC7
    changed = bytes([0xC7, sent[1] + longer]) + sent[2:]
    return wire.decode(changed.replace(b"\xa3cpu", bytes([0xA0 + len(name)]) + name.encode()))


def test_the_device_is_the_one_where_the_value_was() -> None:
    found = compared(lambda: expect_close(from_gpu("cuda:0"), torch.zeros(2)), "cuda")
    assert found is not None
    assert found.expected_facts == Facts((2,), "float32", "cuda")
    assert found.came_facts == Facts((2,), "float32", "cuda:0")


def test_a_device_that_is_no_name_is_cleaned() -> None:
    assert from_gpu("\x1b[2JA:0").sent_from == "2:0"  # type: ignore[attr-defined]


def test_reports_of_before_still_decode() -> None:
    old = {
        "exercise": "a/b",
        "device": "cpu",
        "seed": 0,
        "verdict": "failed",
        "fault": {"kind": "import", "message": "no"},
        "seconds": 1.0,
        "requirements": [
            {"id": "t", "verdict": "failed", "comparison": {"what": "v", "expected": "1", "came": "2"}, "line": 3}
        ],
    }
    report = msgspec.msgpack.decode(msgspec.msgpack.encode(old), type=Report)
    row = report.requirements[0]
    assert row.raised is None
    assert row.comparison is not None
    assert row.comparison.difference == ()
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(report), type=Report) == report
