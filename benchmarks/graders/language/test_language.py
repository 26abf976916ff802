"""Two requirements on a small BERT made from a configuration, as an exercise with Transformers would have them."""

from __future__ import annotations

import torch

from tutor.testing import expect, expect_shape, probe

TOKENS = torch.tensor([[1, 5, 7, 2, 0], [1, 9, 2, 0, 0]])
MASK = (TOKENS != 0).to(torch.int64)


@probe
def states_of(submission, tokens, mask):
    from transformers import BertModel  # noqa: F401 - what such a submission needs

    model = submission.small_bert(vocabulary=16).eval()
    with torch.no_grad():
        first = model(input_ids=tokens, attention_mask=mask).last_hidden_state
        changed = tokens.clone()
        changed[0, 4] = 3
        second = model(input_ids=changed, attention_mask=mask).last_hidden_state
    return first, second


def test_shape():
    first, _ = states_of(TOKENS, MASK)
    expect_shape(first, (2, 5, 32))


def test_padding_is_not_seen():
    first, second = states_of(TOKENS, MASK)
    same = bool(torch.allclose(first[0, :4], second[0, :4], atol=1e-6))
    expect(same, en="padding changes the other tokens", ja="パディングがほかのトークンに影響しています")
