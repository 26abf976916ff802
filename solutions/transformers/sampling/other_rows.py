"""Row by row; the draw by inverting the cumulative sum."""

import torch


def probabilities(logits, temperature=1.0, top_k=None, top_p=1.0):
    if temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(1), logits.shape[1]).to(logits.dtype)
    rows = []
    for row in logits / temperature:
        order = row.argsort(descending=True)[:top_k]
        shares = row[order].softmax(0)
        count = int((shares.cumsum(0) < top_p).sum()) + 1 if top_p < 1 else len(order)
        chosen = torch.zeros_like(row)
        chosen[order[:count]] = shares[:count] / shares[:count].sum()
        rows.append(chosen)
    return torch.stack(rows)


def sample(logits, temperature=1.0, top_k=None, top_p=1.0, generator=None):
    # Rows that are equal need their probabilities once only.
    different, which = logits.unique(dim=0, return_inverse=True)
    ends = probabilities(different, temperature, top_k, top_p).double().cumsum(1)[which]
    point = torch.rand(len(logits), 1, dtype=torch.float64, device=logits.device, generator=generator)
    return torch.searchsorted(ends, point * ends[:, -1:], right=True).squeeze(1)
