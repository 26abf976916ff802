import pytest
import torch
from torch.nn import functional as F

from tutor.testing import confusion, curve, expect, expect_at_least, expect_close, expect_shape, probe

SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 32,
    "initializer_range": 0.1,
}
SMALL = {**SIZES, "num_hidden_layers": 1, "hidden_size": 16, "intermediate_size": 24}
STEPS, BATCH, RATE, VOCAB = 120, 32, 5e-3, 300
OPENINGS = ("", "we thought that ", "to be honest, ", "Last night ")
THINGS = ("soup", "bread", "fish", "cake", "coffee", "waiter", "music", "room", "view", "garden")
VERBS = ("was", "was really", "was always", "seemed", "is", "was not")
GOOD = ("good", "great", "lovely", "pleasant", "wonderful")
BAD = ("bad", "awful", "horrible", "dull", "disappointing")
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SHORT_AND_LONG = ("the soup was bad", "to be honest, the waiter was not disappointing", "their cake seemed dull")


@probe
def tokenized(submission, texts, vocab_size, samples):
    """Ids of each sample by itself, the size of the vocabulary, and the ids of the special tokens."""
    tokenizer = submission.train_tokenizer(texts, vocab_size)
    special = [tokenizer.pad_token, tokenizer.unk_token, tokenizer.cls_token, tokenizer.sep_token, tokenizer.mask_token]
    ids = [tokenizer.convert_tokens_to_ids(token) for token in special]
    return [list(tokenizer(sample)["input_ids"]) for sample in samples], len(tokenizer), special, ids


@probe
def configured(submission, texts, vocab_size, labels, sizes):
    """Settings of the model, the shape of its embedding, and what the tokenizer says."""
    tokenizer = submission.train_tokenizer(texts, vocab_size)
    model = submission.make_classifier(tokenizer, labels, **sizes)
    config = model.config.to_dict()
    return (
        {name: config.get(name) for name in sizes},
        list(model.get_input_embeddings().weight.shape),
        [len(tokenizer), tokenizer.pad_token_id, config.get("pad_token_id"), model.num_labels],
    )


@probe
def predicted(submission, texts, vocab_size, labels, sizes, batches, device):
    """Logits for each batch of texts, from one model that was left in training mode."""
    tokenizer = submission.train_tokenizer(texts, vocab_size)
    model = submission.make_classifier(tokenizer, labels, **sizes).to(device)
    # Larger weights, so that a difference can be seen.
    for parameter in model.parameters():
        parameter.data.mul_(5.0 if parameter.dim() > 1 else 1.0)
    came = []
    for batch in batches:
        model.train()
        logits = submission.predict(model, tokenizer, batch)
        came.append((logits, bool(getattr(logits, "requires_grad", False))))
    return came


@probe
def stepped(submission, texts, vocab_size, sizes, batch, labels, rate, device):
    """Two steps of plain gradient descent, too small to matter: losses, logits, how far the head moved in each."""
    tokenizer = submission.train_tokenizer(texts, vocab_size)
    model = submission.make_classifier(tokenizer, 3, **sizes).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    logits = submission.predict(model, tokenizer, batch)
    weight = model.classifier.bias
    losses, moves = [], []
    for _ in range(2):
        before = weight.detach().double().clone()
        losses.append(submission.fine_tune_step(model, tokenizer, optimizer, batch, labels.to(device)))
        moves.append(weight.detach().double() - before)
    return logits, losses, moves


@probe
def fine_tuned(submission, texts, labels, batches, vocab_size, sizes, rate, unseen, device):
    """Train from scratch; logits for texts that were not seen."""
    tokenizer = submission.train_tokenizer(texts, vocab_size)
    model = submission.make_classifier(tokenizer, 2, **sizes).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=len(batches), pct_start=0.2)
    for batch in batches:
        chosen = [texts[i] for i in batch]
        loss = submission.fine_tune_step(model, tokenizer, optimizer, chosen, labels[batch].to(device))
        schedule.step()
        curve("loss", loss)
    return submission.predict(model, tokenizer, unseen)


def reviews():
    """Every sentence, with 1 where it is praise: a good word, or a bad one that is denied. One in six is denied."""
    found = []
    for opening in OPENINGS:
        for thing in THINGS:
            for verb in VERBS:
                for word in GOOD + BAD:
                    praise = (word in GOOD) != verb.endswith("not")
                    found += [
                        (f"{opening}{article} {thing} {verb} {word}", int(praise)) for article in ("the", "their")
                    ]
    return found


def drawn(tensors, count):
    every = reviews()
    order = tensors.uniform(0, 1, len(every)).argsort()[:count].tolist()
    return [every[i][0] for i in order], torch.tensor([every[i][1] for i in order])


def test_tokenizer(tensors):
    texts, _ = drawn(tensors, 400)
    samples = ["the soup was good", "The SOUP was Good", "goodsoup", "the ☃ was good", "to be honest, good", ""]
    _, least, _, _ = tokenized(texts, 80, samples)
    (plain, capitals, joined, strange, comma, empty), size, special, ids = tokenized(texts, 300, samples)
    expect(
        special == SPECIAL and len(set(ids)) == 5 and all(0 <= i < size for i in ids),
        en="pad_token, unk_token, cls_token, sep_token and mask_token should be five tokens of the vocabulary, "
        "{names}, but they are {special}, with the numbers {ids}.",
        ja="pad_token、unk_token、cls_token、sep_token、mask_token は語彙の 5 つのトークン {names} の"
        "はずですが、{special}（番号は {ids}）です。",
        names=SPECIAL,
        special=special,
        ids=ids,
    )
    expect(
        least <= 80 and 40 <= size <= 300,
        en="With vocab_size=300 the tokenizer should have 40 to 300 tokens, with vocab_size=80 at most 80; it has "
        "{size} and {least}.",
        ja="トークンの数は、vocab_size=300 なら 40 個から 300 個、vocab_size=80 なら 80 個以下の"
        "はずですが、{size} 個と {least} 個です。",
        size=size,
        least=least,
    )
    _, unknown, first, last, _ = ids
    for text, came in zip(samples, (plain, capitals, joined, strange, comma, empty), strict=True):
        expect(
            len(came) >= 2 and came[0] == first and came[-1] == last and max(came) < size,
            en="tokenizer({text!r}) should begin with [CLS] ({first}) and end with [SEP] ({last}); it is {came}.",
            ja="tokenizer({text!r}) は [CLS]（{first}）で始まり [SEP]（{last}）で終わるはずですが、{came} です。",
            text=text,
            first=first,
            last=last,
            came=came,
        )
        expect(
            (unknown in came) == ("☃" in text),
            en="tokenizer({text!r}) is {came}, where {unknown} is [UNK]: only what was never seen should be unknown.",
            ja="tokenizer({text!r}) は {came} です（{unknown} が [UNK]）。"
            "未知なのは、一度も見ていない文字だけのはずです。",
            text=text,
            came=came,
            unknown=unknown,
        )
    expect(
        plain == capitals,
        en="Capitals make a difference: {plain} for small letters, {capitals} for capitals.",
        ja="大文字と小文字が区別されています。小文字では {plain}、大文字では {capitals} です。",
        plain=plain,
        capitals=capitals,
    )
    expect(
        len(plain) == 6 and len(joined) > 3 and len(comma) == 7,
        en="Of a sentence of four common words there should be six tokens, of an unknown word several pieces, and a "
        "comma should be a token; the lengths are {a}, {b}, {c}.",
        ja="よく出る 4 語の文は 6 トークン、未知の単語は複数の断片、コンマは 1 トークンになる"
        "はずですが、長さは {a}、{b}、{c} です。",
        a=len(plain),
        b=len(joined),
        c=len(comma),
    )


@pytest.mark.parametrize("vocab_size", [90, 150])
def test_model(tensors, vocab_size):
    texts, _ = drawn(tensors, 300)
    for labels, sizes in ((2, SIZES), (5, SMALL)):
        settings, embedding, (size, pad, config_pad, count) = configured(texts, vocab_size, labels, sizes)
        for name, value in sizes.items():
            expect(
                settings[name] == value,
                en="{name} should be {value}, but it is {came}.",
                ja="{name} は {value} のはずですが、{came} です。",
                name=name,
                value=value,
                came=settings[name],
            )
        expect(
            size <= vocab_size and embedding == [size, sizes["hidden_size"]] and config_pad == pad and count == labels,
            en="Embedding {embedding} (tokenizer: {size} tokens, at most {most} asked for), "
            "pad_token_id {config_pad} (tokenizer: {pad}), "
            "{count} labels (asked for: {labels}).",
            ja="埋め込みは {embedding}（トークナイザは {size} トークン、上限は {most}）、"
            "pad_token_id は {config_pad}（トークナイザは {pad}）、"
            "ラベルは {count} 個（指定は {labels} 個）です。",
            embedding=embedding,
            most=vocab_size,
            size=size,
            config_pad=config_pad,
            pad=pad,
            count=count,
            labels=labels,
        )


def test_mask(tensors):
    texts, _ = drawn(tensors, 300)
    some = list(SHORT_AND_LONG)
    batches = [some, some[::-1], *([text] for text in some)]
    together, backwards, *alone = predicted(texts, 150, 3, SMALL, batches)
    expect_shape(together[0], (3, 3), what="predict(…)")
    expect_shape(backwards[0], (3, 3), what="predict(…)")
    for i, (came, _) in enumerate(alone):
        what = f"predict(…, [{some[i]!r}])"
        expect_close(came, together[0][i : i + 1], what=what, rtol=1e-3, atol=1e-4)
        expect_close(backwards[0][2 - i : 3 - i], came, what=what, rtol=1e-3, atol=1e-4)
    expect(
        bool((together[0][0] - together[0][1]).abs().max() > 1e-3),
        en="Different texts give the same logits.",
        ja="違う文のロジットが同じです。",
    )


def test_evaluation(tensors):
    texts, _ = drawn(tensors, 300)
    some = list(SHORT_AND_LONG)
    (first, graph), (second, _) = predicted(texts, 150, 2, {**SMALL, "hidden_dropout_prob": 0.5}, [some, some])
    expect_shape(first, (3, 2), what="predict(…)")
    expect_close(second, first, what="predict(…)", rtol=1e-3, atol=1e-4)
    expect(
        not graph,
        en="The logits of predict still hang on a graph (requires_grad is True).",
        ja="predict のロジットが計算グラフにつながったままです（requires_grad が True）。",
    )


def test_step(tensors):
    texts, _ = drawn(tensors, 300)
    labels = tensors.integers(3, 3)
    sizes = {**SMALL, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    rate = 1e-3
    logits, losses, moves = stepped(texts, 150, sizes, list(SHORT_AND_LONG), labels, rate)
    expect_shape(logits, (3, 3), what="predict(…)")
    expected = F.cross_entropy(logits, labels)
    for loss in losses:
        expect_shape(loss, (), what="loss")
        expect_close(loss, expected, what="loss", rtol=1e-2, atol=1e-3)
    # Of the bias of the head: the mean of softmax - one-hot.
    gradient = (logits.softmax(1) - F.one_hot(labels, 3)).mean(0).double()
    for move in moves:
        expect_close(move, -rate * gradient, what="classifier.bias", rtol=0.05, atol=1e-5)
    _, (one, two), _ = stepped(texts, 150, {**SMALL, "hidden_dropout_prob": 0.5}, list(SHORT_AND_LONG), labels, 0.0)
    expect(
        bool((one - two).abs() > 1e-6),
        en="Two steps with the same weights and texts have the same loss, although half of the model drops out: "
        "it is not in training mode.",
        ja="同じ重み、同じ文での 2 ステップの損失が同じです。ドロップアウトが働いておらず、"
        "モデルが学習モードになっていません。",
    )


@pytest.fixture(scope="module")
def result(module_tensors):
    texts, labels = drawn(module_tensors, 1200)
    batches = module_tensors.integers(600, STEPS, BATCH).tolist()
    logits = fine_tuned(texts[:600], labels[:600], batches, VOCAB, SIZES, RATE, texts[600:])
    expect_shape(logits, (600, 2), what="predict(…)")
    return logits.argmax(1), labels[600:]


def test_accuracy(result):
    came, answers = result
    confusion("unseen reviews", answers, came, ("blame", "praise"))
    expect_at_least(
        (came == answers).double().mean(),
        0.85,
        en="the accuracy on 600 unseen sentences",
        ja="未知の 600 文での正解率",
    )
