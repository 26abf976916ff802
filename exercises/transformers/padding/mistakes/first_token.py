# mistake: mean
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence


def collate(sequences: list[torch.Tensor], pad: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens, filled up on the right, and a mask that is True where there is padding; both (B, L)."""
    tokens = pad_sequence(sequences, batch_first=True, padding_value=pad)
    padding = pad_sequence([torch.zeros_like(s).bool() for s in sequences], batch_first=True, padding_value=True)
    return tokens, padding


def sentence_vectors(
    embedding: nn.Module, encoder: nn.Module, tokens: torch.Tensor, padding: torch.Tensor
) -> torch.Tensor:
    """The mean of the encoder's output over the real tokens, (B, E)."""
    hidden = encoder(embedding(tokens), src_key_padding_mask=padding)
    return hidden[:, 0]
