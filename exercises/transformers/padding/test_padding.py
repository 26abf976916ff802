import pytest
import torch
from torch import nn

from tutor.testing import expect, expect_close, expect_gradient, expect_shape, matrix, probe

WORDS = 11
E = 8
LENGTHS = ((3, 5, 1), (4,), (2, 2, 2), (1, 7, 3, 6, 2), (1, 1))


class Model(nn.Module):
    """An embedding and an encoder of one layer, without dropout."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, E)
        layer = nn.TransformerEncoderLayer(E, 2, 12, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)


@probe
def collated(submission, batches, device):
    """Tokens and mask of each batch."""
    return [submission.collate([s.to(device) for s in sequences], **options) for sequences, options in batches]


@probe
def vectors(submission, state, batches, device):
    """The vectors of each batch, and the gradients of all parameters for their weighted sum, by name."""
    came = []
    for tokens, padding, weights in batches:
        model = Model().double()
        model.load_state_dict(state)
        model.to(device)
        result = submission.sentence_vectors(model.embedding, model.encoder, tokens.to(device), padding.to(device))
        if isinstance(result, torch.Tensor) and result.requires_grad and result.shape == weights.shape:
            (result * weights.to(device)).sum().backward()
        came.append((result, {name: p.grad for name, p in model.named_parameters()}))
    return came


def drawn(tensors):
    """A model's state, in float64."""
    return {name: tensors(*value.shape, dtype=torch.float64) / 2 for name, value in Model().state_dict().items()}


def sequences_of(tensors, lengths):
    return [tensors.integers(WORDS, length) for length in lengths]


def batch_of(tensors, sequences, width, filling):
    """Tokens and mask, as wide as ``width``, with ``filling`` (a number, or None: anything) in the padding."""
    tokens = tensors.integers(WORDS, len(sequences), width)
    padding = torch.ones(len(sequences), width, dtype=torch.bool)
    if filling is not None:
        tokens[:] = filling
    for i, sequence in enumerate(sequences):
        tokens[i, : len(sequence)] = sequence
        padding[i, : len(sequence)] = False
    return tokens, padding, tensors(len(sequences), E, dtype=torch.float64)


def alone(state, sequences, weights):
    """Each sequence by itself, without any padding: the vectors, and the gradients for their weighted sum."""
    model = Model().double()
    model.load_state_dict(state)
    rows = [model.encoder(model.embedding(s.unsqueeze(0)))[0].mean(0) for s in sequences]
    result = torch.stack(rows)
    (result * weights).sum().backward()
    return result.detach(), {name: p.grad for name, p in model.named_parameters()}


def check(tensors, state, cases, gradients=False):
    """``cases``: sequences, width, filling."""
    batches = [batch_of(tensors, *case) for case in cases]
    for (sequences, _, _), batch, (came, of_parameters) in zip(cases, batches, vectors(state, batches), strict=True):
        expected, right = alone(state, sequences, batch[2])
        expect_close(came, expected, what="sentence_vectors(…)")
        if gradients:
            for name, value in right.items():
                expect_gradient(of_parameters.get(name), value, what=f"{name}.grad")


def pairs(batches):
    for (sequences, options), came in zip(batches, collated(batches), strict=True):
        expect(
            isinstance(came, (tuple, list)) and len(came) == 2,
            en="collate(…) should return two tensors, (tokens, padding).",
            ja="collate(…) は 2 つのテンソル (tokens, padding) を返すはずです。",
        )
        yield sequences, options.get("pad", 0), came


def test_tokens(tensors):
    batches = [(sequences_of(tensors, lengths), {}) for lengths in LENGTHS]
    batches += [(sequences_of(tensors, lengths), {"pad": pad}) for lengths in LENGTHS for pad in (3, -100)]
    for sequences, pad, (tokens, _) in pairs(batches):
        width = max(len(s) for s in sequences)
        expected = torch.full((len(sequences), width), pad)
        for row, sequence in zip(expected, sequences, strict=True):
            row[: len(sequence)] = sequence
        expect_close(tokens, expected, what="tokens")


def test_mask(tensors):
    # Number 0 is a real token here, and stands at the end of each sequence.
    batches = []
    for lengths in LENGTHS:
        sequences = sequences_of(tensors, lengths)
        for sequence in sequences:
            sequence[-1] = 0
        batches += [(sequences, {}), (sequences, {"pad": 5}), (sequences_of(tensors, lengths), {"pad": 2})]
    for sequences, _, (_, padding) in pairs(batches):
        width = max(len(s) for s in sequences)
        rows = [[False] * len(s) + [True] * (width - len(s)) for s in sequences]
        expect_shape(padding, (len(sequences), width), what="padding")
        expect_close(padding, torch.tensor(rows), what="padding")
    sequences = sequences_of(tensors, LENGTHS[3])
    ((tokens, padding),) = collated([(sequences, {})])
    matrix("padding", padding, axes=("row", "position"))
    matrix("tokens", tokens, axes=("row", "position"))


def test_mean(tensors):
    # Sequences of one length: there is no padding, only the mean.
    check(tensors, drawn(tensors), [(sequences_of(tensors, (n,) * b), n, 0) for b, n in ((3, 4), (1, 6), (2, 1))])


@pytest.mark.parametrize("more", [0, 1, 9])
def test_amount(tensors, more):
    cases = [(sequences_of(tensors, lengths), max(lengths) + more, 0) for lengths in LENGTHS]
    check(tensors, drawn(tensors), cases)


def test_content(tensors):
    cases = [(sequences_of(tensors, lengths), max(lengths) + 2, None) for lengths in LENGTHS]
    check(tensors, drawn(tensors), cases)


def test_gradient(tensors):
    cases = [(sequences_of(tensors, lengths), max(lengths) + 2, 0) for lengths in LENGTHS]
    for sequences, _, _ in cases:
        # Number 0 fills up here, and is a real token as well: its vector has a gradient.
        sequences[0][0] = 0
    check(tensors, drawn(tensors), cases, gradients=True)
