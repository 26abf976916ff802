# mistake: mean
import torch
from torch import nn
from torch.nn import functional as F


class DateRewriter(nn.Module):
    """Encoder and decoder: reads a source sequence, and predicts a target sequence token by token."""

    def __init__(self, vocab: int, longest: int, d_model: int, transformer: nn.Transformer) -> None:
        super().__init__()
        self.token = nn.Embedding(vocab, d_model)
        self.source_place = nn.Embedding(longest, d_model)
        self.target_place = nn.Embedding(longest, d_model)
        self.transformer = transformer
        self.head = nn.Linear(d_model, vocab)

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        length, padding = target.shape[1], source == 0
        later = torch.ones(length, length, dtype=torch.bool, device=target.device).triu(1)
        hidden = self.transformer(
            self.token(source) + self.source_place.weight[: source.shape[1]],
            self.token(target) + self.target_place.weight[:length],
            tgt_mask=later,
            src_key_padding_mask=padding,
            memory_key_padding_mask=padding,
        )
        return self.head(hidden)


def teacher_forcing_loss(model: nn.Module, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of each target token given the true ones before it, ()."""
    return F.cross_entropy(model(source, target[:, :-1]).flatten(0, 1), target[:, 1:].flatten(), reduction="sum")


@torch.no_grad()
def rewrite(model: nn.Module, source: torch.Tensor, start: int, steps: int) -> torch.Tensor:
    """The likeliest target, token by token, (B, steps)."""
    target = torch.full_like(source[:, :1], start)
    for _ in range(steps):
        following = model(source, target)[:, -1].argmax(dim=1, keepdim=True)
        target = torch.cat((target, following), dim=1)
    return target[:, 1:]
