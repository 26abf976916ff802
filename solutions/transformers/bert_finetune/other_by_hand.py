"""WordPiece with a vocabulary made by hand: letters and common words; padding, mask and loss by hand."""

from collections import Counter

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from tokenizers.processors import BertProcessing
from torch.nn import functional as F
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast


def train_tokenizer(texts, vocab_size):
    split = pre_tokenizers.BertPreTokenizer()
    counts = Counter(word for text in texts for word, _ in split.pre_tokenize_str(text.lower()))
    letters = sorted(set("".join(counts)))
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + letter for letter in letters)]
    names += [word for word, _ in counts.most_common() if word not in names]
    vocabulary = {name: i for i, name in enumerate(names[:vocab_size])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = split
    tokenizer.post_processor = BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def make_classifier(tokenizer, labels, **sizes):
    config = BertConfig(**sizes)
    config.vocab_size = tokenizer.vocab_size
    config.pad_token_id = tokenizer.pad_token_id
    config.num_labels = labels
    return BertForSequenceClassification(config)


def batch_of(model, tokenizer, texts):
    rows = [tokenizer(text)["input_ids"] for text in texts]
    width = max(map(len, rows))
    ids = torch.tensor([row + [tokenizer.pad_token_id] * (width - len(row)) for row in rows], device=model.device)
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=model.device)
    return {"input_ids": ids, "attention_mask": mask}


def fine_tune_step(model, tokenizer, optimizer, texts, labels):
    model.train()
    loss = F.cross_entropy(model(**batch_of(model, tokenizer, texts)).logits, labels)
    loss.backward()
    optimizer.step()
    model.zero_grad()
    return loss


def predict(model, tokenizer, texts):
    model.eval()
    with torch.inference_mode():
        logits = model(**batch_of(model, tokenizer, texts)).logits
    return logits.clone()
