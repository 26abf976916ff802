import pytest
import torch

from tutor.testing import expect, expect_close, expect_shape, matrix, probe

DRAWS = 20_000


@probe
def distributions(submission, cases, device):
    """The probabilities of each case, and its logits afterwards."""
    came = []
    for logits, options in cases:
        given = logits.to(device)
        came.append((submission.probabilities(given, **options), given))
    return came


@probe
def drawn(submission, cases, seed, device):
    """Tokens for each case, all from one generator."""
    generator = torch.Generator(device).manual_seed(seed)
    return [submission.sample(logits.to(device), **options, generator=generator) for logits, options in cases]


@probe
def drawn_freely(submission, logits, count, device):
    """Several draws without a generator."""
    return [submission.sample(logits.to(device)) for _ in range(count)]


def logits_of(tensors, n, v):
    """Distinct logits in each row, in any order, well apart."""
    steps = tensors.uniform(0.3, 1.2, n, v, dtype=torch.float64).cumsum(1)
    order = tensors.uniform(0, 1, n, v).argsort(1)
    return (steps - steps.mean(1, keepdim=True)).gather(1, order)


def kept(logits, temperature=1.0, top_k=None, top_p=1.0):
    """Token by token, in float64, with lists."""
    rows = []
    for row in logits.double():
        ranked = sorted(range(len(row)), key=lambda i: -float(row[i]))
        if temperature == 0:
            ranked, weights = ranked[:1], [1.0]
        else:
            ranked = ranked[:top_k]
            weights = [float(((row[i] - row.max()) / temperature).exp()) for i in ranked]
        total, reached, chosen = sum(weights), 0.0, []
        for i, weight in zip(ranked, weights, strict=True):
            if chosen and top_p < 1 and reached >= top_p:
                break
            chosen.append((i, weight))
            reached += weight / total
        share = sum(weight for _, weight in chosen)
        rows.append([dict(chosen).get(i, 0.0) / share for i in range(len(row))])
    return torch.tensor(rows, dtype=logits.dtype)


def safe_p(logits, nearly, **options):
    """A top_p near ``nearly`` at which no row just reaches it: rounding must not decide."""
    sums = kept(logits, **options).sort(1, descending=True).values.double().cumsum(1)
    while bool(((sums - nearly).abs() < 1e-3).any()):
        nearly += 2.5e-3
    return nearly


def check(cases):
    for (logits, options), (came, after) in zip(cases, distributions(cases), strict=True):
        expect_close(came, kept(logits, **options), what="probabilities(…)")
        expect(
            torch.equal(after, logits),
            en="probabilities(…) changed the logits that it was given.",
            ja="probabilities(…) が、渡されたロジットを書き換えています。",
        )
        gone = came[kept(logits, **options) == 0]
        expect(
            bool((gone == 0).all()),
            en="What is not kept should have probability exactly 0.",
            ja="残らないものの確率はちょうど 0 のはずです。",
        )


def test_temperature(tensors):
    logits = [logits_of(tensors, n, v) for n, v in ((3, 7), (1, 5), (4, 1), (2, 3))]
    logits += [logits_of(tensors, 5, 4).T, 100 * logits_of(tensors, 2, 6), logits_of(tensors, 2, 6).float()]
    check([(x, {"temperature": t}) for x in logits for t in (1.0, 0.5, 3.0)] + [(x, {}) for x in logits])
    shown = torch.cat([kept(logits[0][:1], temperature=t) for t in (0.3, 1.0, 3.0)])
    matrix("temperature 0.3, 1, 3", shown, rows=("0.3", "1", "3"), axes=("row", "token"))


def test_zero(tensors):
    logits = [logits_of(tensors, 3, 7), 100 * logits_of(tensors, 1, 4), logits_of(tensors, 2, 1)]
    check([(x, {"temperature": 0, **more}) for x in logits for more in ({}, {"top_k": 2}, {"top_p": 0.5})])


def test_top_k(tensors):
    cases = []
    for n, v in ((3, 7), (1, 5), (4, 2)):
        cases += [(logits_of(tensors, n, v), {"top_k": k}) for k in (1, 2, v - 1, v, v + 5)]
    check(cases)


@pytest.mark.parametrize("nearly", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_top_p(tensors, nearly):
    cases = []
    for n, v in ((4, 7), (1, 5), (3, 1), (6, 12)):
        logits = logits_of(tensors, n, v)
        cases += [(logits, {"top_p": safe_p(logits, nearly)}), (logits, {"top_p": 1.0})]
    check(cases)


def test_together(tensors):
    cases = []
    for temperature in (0.6, 2.5):
        for top_k in (2, 3, 6):
            for nearly in (0.4, 0.8):
                logits = logits_of(tensors, 3, 8)
                options = {"temperature": temperature, "top_k": top_k}
                cases.append((logits, {**options, "top_p": safe_p(logits, nearly, **options)}))
    check(cases)


def whole(tokens, n, v):
    expect_shape(tokens, (n,), what="sample(…)")
    expect(
        tokens.dtype == torch.int64 and bool(((tokens >= 0) & (tokens < v)).all()),
        en="sample(…) should return whole numbers from 0 to {last} in int64.",
        ja="sample(…) は 0 から {last} までの整数を int64 で返すはずです。",
        last=v - 1,
    )


def chi_square(counts, shares):
    """How likely counts that differ as much, or more, are by chance."""
    expected = shares * counts.sum()
    seen = expected > 0
    statistic = ((counts - expected)[seen].square() / expected[seen]).sum()
    freedom = torch.as_tensor((int(seen.sum()) - 1) / 2, dtype=torch.float64)
    return 1.0 if freedom == 0 else float(torch.special.gammaincc(freedom, statistic / 2))


def test_draws(tensors, seed):
    cases = []
    for options in (
        {},
        {"temperature": 0.5},
        {"temperature": 2.0},
        {"top_k": 3},
        {"top_p": 0.7},
        {"temperature": 1.5, "top_k": 4, "top_p": 0.8},
        {"temperature": 0},
    ):
        # Two distributions, in turn: rows are drawn each by its own.
        logits = logits_of(tensors, 2, 6)
        if "top_p" in options:
            before = {name: value for name, value in options.items() if name != "top_p"}
            options["top_p"] = safe_p(logits, options["top_p"], **before)
        cases.append((logits.repeat(DRAWS // 2, 1), options))
    for (logits, options), tokens in zip(cases, drawn(cases, seed), strict=True):
        whole(tokens, DRAWS, 6)
        for row, shares in enumerate(kept(logits[:2], **options)):
            counts = tokens[row::2].bincount(minlength=6).double()
            stray = int(counts[shares == 0].sum())
            expect(
                stray == 0,
                en="With {options}, {stray} tokens were drawn that have probability 0.",
                ja="{options} のとき、確率 0 のトークンが {stray} 回選ばれました。",
                options=options,
                stray=stray,
            )
            expect(
                chi_square(counts, shares) > 1e-10,
                en="With {options}, the shares of the tokens should be {expected}; in {n} draws they were {came}.",
                ja="{options} のとき、各トークンの割合は {expected} のはずですが、{n} 回のサンプルでは {came} でした。",
                options=options,
                expected=[round(float(x), 3) for x in shares],
                n=DRAWS // 2,
                came=[round(float(x) / (DRAWS // 2), 3) for x in counts],
            )


def test_generator(tensors, seed):
    logits = logits_of(tensors, 64, 9)
    one, again, other = (drawn([(logits, {})] * 2, s) for s in (seed, seed, seed + 1))
    for tokens in (*one, *again, *other):
        whole(tokens, 64, 9)
    expect(
        all(torch.equal(x, y) for x, y in zip(one, again, strict=True)),
        en="The same seed of the generator gave other tokens.",
        ja="乱数生成器のシードが同じなのに、別のトークンになりました。",
    )
    expect(
        not torch.equal(one[0], other[0]) and not torch.equal(one[0], one[1]),
        en="Another seed, or the next draw from the same generator, gave the same 64 tokens.",
        ja="別のシードや、同じ生成器の次のサンプルでも、64 個のトークンがまったく同じでした。",
    )
    free = drawn_freely(logits, 2)
    for tokens in free:
        whole(tokens, 64, 9)
    expect(
        not torch.equal(free[0], free[1]),
        en="Without a generator, two draws gave the same 64 tokens.",
        ja="生成器を渡さないとき、2 回のサンプルで 64 個のトークンがまったく同じでした。",
    )
