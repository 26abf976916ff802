"""A tiny BERT with a tokenizer of its own, trained to classify sentences."""

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast


def train_tokenizer(texts: list[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """Train a tokenizer on texts; its tokens are common words, and pieces of words.

    It makes no difference between capitals and small letters, splits at spaces, makes each punctuation mark a token of
    its own, and knows the special tokens [PAD], [UNK], [CLS], [SEP] and [MASK], which its attributes pad_token,
    unk_token, cls_token, sep_token and mask_token name. It has at most vocab_size tokens, these five among them (there
    is room for all letters). Where there is room, a common word is one token. tokenizer(text) begins with [CLS] and
    ends with [SEP]. A new word of known letters is made of pieces; a letter that it never met becomes [UNK], by itself
    (BPE) or with its word (WordPiece).
    """
    raise NotImplementedError


def make_classifier(tokenizer: PreTrainedTokenizerFast, labels: int, **sizes) -> BertForSequenceClassification:
    """A new BERT with a classification head for that many labels, and random weights.

    labels: 2 or more
    sizes:  what BertConfig is to take besides: hidden_size, num_hidden_layers, and so on. vocab_size and pad_token_id
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
    """One step with the mean cross-entropy of these texts; returns the loss before the step, shape ().

    labels: shape (N,), int64

    It puts the model into training mode. The texts have different lengths, none too long for the model. Gradients of
    earlier steps play no part.
    """
    raise NotImplementedError


def predict(model: BertForSequenceClassification, tokenizer: PreTrainedTokenizerFast, texts: list[str]) -> torch.Tensor:
    """Logits, shape (N, labels), without a graph; those of a text do not depend on the others.

    It puts the model into evaluation mode, and may leave it there.
    """
    raise NotImplementedError
