# mistake: crop
import torch
from torch import nn
from torch.nn import functional as F


class TinyGPT(nn.Module):
    """A causal language model."""

    def __init__(self, vocab: int, context: int, d_model: int, encoder: nn.TransformerEncoder) -> None:
        super().__init__()
        self.token = nn.Embedding(vocab, d_model)
        self.position = nn.Embedding(context, d_model)
        self.encoder = encoder
        self.head = nn.Linear(d_model, vocab)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        length = tokens.shape[1]
        later = torch.ones(length, length, dtype=torch.bool, device=tokens.device).triu(1)
        return self.head(self.encoder(self.token(tokens) + self.position.weight[:length], mask=later))


def next_token_loss(model: nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of each token given those before it, ()."""
    return F.cross_entropy(model(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())


@torch.no_grad()
def generate(
    model: nn.Module, tokens: torch.Tensor, steps: int, context: int, generator: torch.Generator | None = None
) -> torch.Tensor:
    """The given tokens, and as many new ones as steps, (B, T + steps)."""
    for _ in range(steps):
        shares = model(tokens[:, :context])[:, -1].softmax(dim=1)
        tokens = torch.cat((tokens, torch.multinomial(shares, 1, generator=generator)), dim=1)
    return tokens
