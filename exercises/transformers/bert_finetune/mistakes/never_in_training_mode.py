# mistake: evaluation
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast


def train_tokenizer(texts: list[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """A tokenizer whose tokens are pieces of words."""
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    names["mask_token"] = "[MASK]"
    pieces = Tokenizer(models.BPE(unk_token="[UNK]"))
    pieces.normalizer = normalizers.Lowercase()
    pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, special_tokens=list(names.values()), show_progress=False)
    pieces.train_from_iterator(texts, trainer)
    ends = [(name, pieces.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    pieces.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return PreTrainedTokenizerFast(tokenizer_object=pieces, **names)


def make_classifier(tokenizer: PreTrainedTokenizerFast, labels: int, **sizes) -> BertForSequenceClassification:
    """A new BERT with a classification head."""
    config = BertConfig(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, num_labels=labels, **sizes)
    return BertForSequenceClassification(config)


def fine_tune_step(
    model: BertForSequenceClassification,
    tokenizer: PreTrainedTokenizerFast,
    optimizer: torch.optim.Optimizer,
    texts: list[str],
    labels: torch.Tensor,
) -> torch.Tensor:
    """One step; the loss before it, ()."""
    model.eval()
    batch = tokenizer(texts, padding=True, return_tensors="pt").to(model.device)
    loss = model(**batch, labels=labels).loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


@torch.no_grad()
def predict(model: BertForSequenceClassification, tokenizer: PreTrainedTokenizerFast, texts: list[str]) -> torch.Tensor:
    """Logits, (N, labels)."""
    model.eval()
    return model(**tokenizer(texts, padding=True, return_tensors="pt").to(model.device)).logits
