"""A tiny BERT with a tokenizer of its own, trained to classify sentences."""

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast


def train_tokenizer(texts: list[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """Train a tokenizer on texts; its tokens are common words, and pieces of words.

    It makes no difference between capitals and small letters, splits at spaces and before punctuation, and knows the
    special tokens [PAD], [UNK], [CLS], [SEP] and [MASK], which its attributes pad_token, unk_token, cls_token,
    sep_token and mask_token name. It has at most vocab_size tokens, these five among them. tokenizer(text) begins
    with [CLS] and ends with [SEP]. A new word of known letters is made of pieces; a letter that it never met becomes
    [UNK].
    """
    raise NotImplementedError


def make_classifier(tokenizer: PreTrainedTokenizerFast, labels: int, **sizes) -> BertForSequenceClassification:
    """A new BERT with a classification head for that many labels, and random weights.

    sizes: what BertConfig is to take besides: hidden_size, num_hidden_layers, and so on. vocab_size and pad_token_id
           are those of the tokenizer.
    """
    raise NotImplementedError


def fine_tune_step(
    model: BertForSequenceClassification,
    tokenizer: PreTrainedTokenizerFast,
    optimizer: torch.optim.Optimizer,
    texts: list[str],
    labels: torch.Tensor,
) -> torch.Tensor:
    """One step in training mode with the mean cross-entropy of these texts; the loss before the step, shape ().

    labels: shape (N,), int64. The texts have different lengths. Gradients of earlier steps play no part.
    """
    raise NotImplementedError


def predict(model: BertForSequenceClassification, tokenizer: PreTrainedTokenizerFast, texts: list[str]) -> torch.Tensor:
    """Logits, shape (N, labels): in evaluation mode, without a graph; those of a text do not depend on the others."""
    raise NotImplementedError
