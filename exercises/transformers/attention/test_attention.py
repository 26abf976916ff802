import pytest
import torch
from torch.nn import functional as F

from tutor.testing import expect, expect_close, expect_finite, expect_gradient, expect_shape, matrix, probe

# (dimensions in front, T, S, E, V)
SIZES = (((), 3, 5, 4, 2), ((2,), 4, 4, 3, 3), ((1,), 1, 6, 2, 5), ((2, 3), 5, 2, 1, 4), ((3, 1), 2, 1, 7, 1))
WORDS = ("the", "cat", "sat", "on", "the", "mat")


@probe
def attended(submission, cases, device):
    """Output and weights of each case."""
    return [submission.attention(*(x if x is None else x.to(device) for x in case)) for case in cases]


@probe
def gradients(submission, cases, device):
    """Gradients of a weighted sum of the output, for query, key and value."""
    came = []
    for query, key, value, mask, weights in cases:
        inputs = [x.to(device).requires_grad_() for x in (query, key, value)]
        output, _ = submission.attention(*inputs, None if mask is None else mask.to(device))
        if not isinstance(output, torch.Tensor) or not output.requires_grad or output.shape != weights.shape:
            came.append((output, [None, None, None]))
            continue
        asked = torch.autograd.grad((output * weights.to(device)).sum(), inputs, allow_unused=True)
        came.append((output, list(asked)))
    return came


def drawn(tensors, front, t, s, e, v, dtype=torch.float64):
    return (
        tensors.strided(*front, t, e, dtype=dtype),
        tensors(*front, e, s, dtype=dtype).transpose(-2, -1),
        tensors.strided(*front, s, v, dtype=dtype),
    )


def weights_of(query, key, mask=None):
    """By the definition, in float64: exponentials, divided by their sum over the keys that may be seen."""
    scores = (query.double().unsqueeze(-2) * key.double().unsqueeze(-3)).sum(-1) / query.shape[-1] ** 0.5
    seen = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask.expand_as(scores)
    highest = torch.where(seen, scores, -torch.inf).amax(-1, keepdim=True)
    powers = torch.where(seen, (scores - highest.clamp_min(-1e300)).clamp_max(0).exp(), 0.0)
    return (powers / powers.sum(-1, keepdim=True).clamp_min(1e-300)).to(query.dtype)


def masks(tensors, front, t, s):
    """Masks of several shapes that broadcast, each of which lets every query see a key."""
    for shape in ((s,), (t, s), (*front, 1, s), (*front, t, s)):
        mask = tensors.uniform(0, 1, *shape) < 0.5
        mask[..., tensors.choice(range(s))] = True
        yield mask


def check(came, query, key, value, mask=None, **tolerances):
    expect(
        isinstance(came, (tuple, list)) and len(came) == 2,
        en="attention(…) should return two tensors, (output, weights).",
        ja="attention(…) は 2 つのテンソル (output, weights) を返すはずです。",
    )
    output, weights = came
    expected = weights_of(query, key, mask)
    expect_close(weights, expected, what="weights", **tolerances)
    expect_close(output, expected @ value, what="output", **tolerances)


def test_value(tensors):
    cases = [drawn(tensors, *sizes) for sizes in SIZES]
    for (query, key, value), came in zip(cases, attended(cases), strict=True):
        check(came, query, key, value)
        expect_close(came[0], F.scaled_dot_product_attention(query, key, value), what="output")


def test_weights(tensors):
    cases = [drawn(tensors, *sizes, dtype=torch.float32) for sizes in SIZES]
    x = 1.5 * tensors(6, 4)
    cases.append((x, x, x))
    results = attended(cases)
    for (query, key, value), came in zip(cases, results, strict=True):
        check(came, query, key, value)
        weights = came[1]
        expect_close(weights.sum(-1), torch.ones(weights.shape[:-1]), what="weights.sum(-1)")
    matrix("weights", results[-1][1], WORDS, WORDS, axes=("query", "key"))


def test_mask(tensors):
    cases = []
    for front, t, s, e, v in SIZES:
        cases += [(*drawn(tensors, front, t, s, e, v), mask) for mask in masks(tensors, front, t, s)]
    x = 1.5 * tensors(6, 4, dtype=torch.float64)
    cases.append((x, x, x, torch.ones(6, 6, dtype=torch.bool).tril()))
    results = attended(cases)
    for (query, key, value, mask), came in zip(cases, results, strict=True):
        check(came, query, key, value, mask)
        hidden = came[1][~mask.expand_as(came[1])]
        expect(
            bool((hidden == 0).all()),
            en="Where the mask is False the weight should be exactly 0; the largest there is {largest:.3g}.",
            ja="マスクが False のところの重みはちょうど 0 のはずですが、最大で {largest:.3g} になっています。",
            largest=float(hidden.abs().max()) if len(hidden) else 0.0,
        )
    matrix("weights, causal mask", results[-1][1], WORDS, WORDS, axes=("query", "key"))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_masked_rows(tensors, dtype):
    cases = []
    for front, t, s, e, v in SIZES:
        for mask in masks(tensors, front, t, s):
            if mask.dim() > 1:
                mask[..., tensors.choice(range(mask.shape[-2])), :] = False
            else:
                mask[:] = False
            cases.append((*drawn(tensors, front, t, s, e, v, dtype), mask))
    for (query, key, value, mask), came in zip(cases, attended(cases), strict=True):
        check(came, query, key, value, mask)


def test_large(tensors):
    cases = []
    for front, t, s, e, v in SIZES:
        query, key, value = drawn(tensors, front, t, s, e, v, torch.float32)
        # Scores around 10,000, or minus that.
        cases += [(sign * 100 * query, 100 * key, value) for sign in (1, -1)]
        cases.append((*cases[-1], next(masks(tensors, front, t, s))))
    for case, came in zip(cases, attended(cases), strict=True):
        # Float32 keeps about 0.001 of such a score.
        check(came, *case, rtol=0.02, atol=0.02)


def test_gradient(tensors):
    cases = []
    for front, t, s, e, v in SIZES:
        query, key, value = drawn(tensors, front, t, s, e, v)
        weights = tensors(*front, t, v, dtype=torch.float64)
        mask = tensors.uniform(0, 1, *front, t, s) < 0.5
        mask[..., 0, :] = False
        cases += [(query, key, value, None, weights), (query, key, value, mask, weights)]
    for (query, key, value, mask, weights), (output, came) in zip(cases, gradients(cases), strict=True):
        expect_shape(output, tuple(weights.shape), what="output")
        shares = weights_of(query, key, mask)
        # The chain by hand: of the weights, of the softmax, of the scores.
        of_shares = weights @ value.mT
        of_scores = shares * (of_shares - (shares * of_shares).sum(-1, keepdim=True)) / query.shape[-1] ** 0.5
        expected = {"query": of_scores @ key, "key": of_scores.mT @ query, "value": shares.mT @ weights}
        for (name, right), gradient in zip(expected.items(), came, strict=True):
            if gradient is not None:
                expect_finite(gradient, what=f"{name}.grad")
            expect_gradient(gradient, right, what=f"{name}.grad")
