import pytest
import torch
from torch.overrides import TorchFunctionMode

from tutor.testing import describe, expect, expect_close, expect_gradient, expect_shape, probe

SHAPES = ((2, 3, 2, 3), (1, 1, 3, 2), (1, 2, 1, 1), (3, 1, 1, 4), (2, 5, 4, 1), (2, 2, 3, 5))


class Calls(TorchFunctionMode):
    """Counts the calls of torch functions and tensor methods, indexing and arithmetic among them."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        self.count += 1
        return function(*args, **(kwargs or {}))


@probe
def pairs_of(submission, features):
    return submission.object_pairs(features)


@probe
def weighted_gradient(submission, features, weights):
    """The gradient of the weighted sum of all entries: what arrives at each value of the map."""
    features.requires_grad_()
    pairs = submission.object_pairs(features)
    if not isinstance(pairs, torch.Tensor) or pairs.shape != weights.shape or not pairs.requires_grad:
        return pairs, None
    return pairs, torch.autograd.grad((pairs * weights).sum(), features, allow_unused=True)[0]


@probe
def calls_for(submission, maps):
    """How many torch functions each call of the submission calls, and what it returned.

    Counted in the box: advice on how to write it, no proof.
    """
    counts = []
    for features in maps:
        with Calls() as calls:
            pairs = submission.object_pairs(features)
        counts.append((calls.count, pairs))
    return counts


def sizes(features):
    """Images, channels, rows, columns, objects, and the two objects of each pair, as index tensors."""
    images, channels, rows, columns = features.shape
    count = rows * columns
    first = torch.tensor([i for i in range(count) for _ in range(count)])
    second = torch.tensor([j for _ in range(count) for j in range(count)])
    return images, channels, rows, columns, count, first, second


def came_for(features):
    """The pairs, in the shape that they should have, as (images, pairs, 2, channels + 2)."""
    images, channels, _, _, count, _, _ = sizes(features)
    came = pairs_of(features)
    expect_shape(came, (images, count * count, 2 * (channels + 2)), what="object_pairs(features)")
    return came.reshape(images, count * count, 2, channels + 2)


def check_channels(features):
    """The channels of both objects of every pair, picked from the map cell by cell."""
    _, channels, _, columns, _, first, second = sizes(features)
    came = came_for(features)
    for which, cell in (("i", first), ("j", second)):
        expected = features[:, :, cell // columns, cell % columns].transpose(1, 2)
        expect_close(came[:, :, "ij".index(which), :channels], expected, what=f"pairs[:, i * N + j] → object {which}")


def places(count):
    """Where the rows or columns lie, in float64: from -1 to 1."""
    return [-1.0] if count == 1 else [2 * k / (count - 1) - 1 for k in range(count)]


def check_coordinates(features, **tolerances):
    images, channels, rows, columns, count, first, second = sizes(features)
    came = came_for(features)
    across, down = places(columns), places(rows)
    for k, cell in enumerate((first, second)):
        for name, at, of_cell in (
            ("x", channels, [across[n % columns] for n in cell.tolist()]),
            ("y", channels + 1, [down[n // columns] for n in cell.tolist()]),
        ):
            expected = torch.tensor(of_cell, dtype=torch.float64).to(features.dtype).expand(images, count * count)
            expect_close(came[:, :, k, at], expected, what=f"{name} of object {'ij'[k]}", **tolerances)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_shape(tensors, shape):
    images, channels, rows, columns = shape
    count = rows * columns
    came = pairs_of(tensors(*shape))
    expect_shape(came, (images, count * count, 2 * (channels + 2)), what="object_pairs(features)")


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_order(tensors, shape):
    check_channels(tensors(*shape))


@pytest.mark.parametrize("shape", [s for s in SHAPES if min(s[2:]) > 1], ids=str)
def test_coordinates(tensors, shape):
    check_coordinates(tensors(*shape))


@pytest.mark.parametrize("shape", [s for s in SHAPES if min(s[2:]) == 1], ids=str)
def test_single_row_or_column(tensors, shape):
    check_coordinates(tensors(*shape))


def test_layout(tensors):
    for features in (
        tensors.strided(2, 3, 3, 4),
        tensors(2, 3, 4, 3).transpose(2, 3),
        tensors(2, 3, 4, 5).permute(0, 3, 1, 2),
    ):
        check_channels(features)
        check_coordinates(features)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
def test_dtype(tensors, dtype):
    features = tensors(2, 3, 3, 4, dtype=torch.float64).to(dtype)
    came = pairs_of(features)
    expect(
        isinstance(came, torch.Tensor) and came.dtype == dtype,
        en="For a map of {wanted} the pairs should be {wanted} too, but they are {came}.",
        ja="{wanted} の特徴マップに対しては、組も {wanted} のはずですが、{came} になっています。",
        wanted=str(dtype),
        came=describe(came),
    )
    check_channels(features)
    # In float64, tight enough to tell thirds that were rounded to float32 first; bfloat16 has tolerances of its own.
    check_coordinates(features, **({"rtol": 0.0, "atol": 1e-12} if dtype is torch.float64 else {}))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_gradient(tensors, shape):
    features = tensors(*shape, dtype=torch.float64)
    images, channels, _, _, count, first, second = sizes(features)
    weights = tensors(images, count * count, 2 * (channels + 2), dtype=torch.float64)
    came, gradient = weighted_gradient(features, weights)
    expect_shape(came, tuple(weights.shape), what="object_pairs(features)")
    # Object n stands first in the pairs (n, ·) and second in (·, n): 2N places, whose weights add up.
    expected = torch.zeros(images, count, channels, dtype=torch.float64)
    expected.index_add_(1, first, weights[:, :, :channels])
    expected.index_add_(1, second, weights[:, :, channels + 2 : 2 * channels + 2])
    expect_gradient(gradient, expected.mT.reshape(features.shape), what="∂ Σ weights · pairs / ∂ features")


def test_calls(tensors):
    small, large = tensors(1, 2, 3, 3), tensors(1, 2, 8, 8)
    (few, _), (many, pairs) = calls_for([small, large])
    expect_shape(pairs, (1, 64 * 64, 8), what="object_pairs(features)")
    expect(
        many - few < 50,
        en="For a map of 3 x 3 cells there were {few} torch calls, for 8 x 8 cells {many}: something is done object "
        "by object or pair by pair. All pairs can be made at once.",
        ja="3 x 3 のマップでは torch の呼び出しが {few} 回、8 x 8 のマップでは {many} 回でした。物体または組を "
        "1 つずつ処理しています。すべての組は一度に作れます。",
        few=few,
        many=many,
    )
