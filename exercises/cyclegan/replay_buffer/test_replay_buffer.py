import math
import random
from itertools import pairwise

import pytest
import torch

from tutor.testing import expect, expect_close, expect_shape, probe


def seeded(seed):
    torch.manual_seed(seed)
    random.seed(seed)


@probe
def queried(submission, size, batches, seed):
    """What came back for each batch, and how many images the buffer held after it."""
    seeded(seed)
    buffer = submission.ReplayBuffer(size)
    came, held = [], []
    for batch in batches:
        came.append(buffer.query(batch))
        held.append(len(buffer))
    return came, held


@probe
def default_held(submission, batch):
    buffer = submission.ReplayBuffer()
    buffer.query(batch)
    return len(buffer)


@probe
def queried_with_graph(submission, size, images, rounds, seed):
    """Whether anything that came back hangs on a graph."""
    seeded(seed)
    images.requires_grad_()
    buffer = submission.ReplayBuffer(size)
    came = [buffer.query(images * (step + 1)) for step in range(rounds)]
    return [bool(batch.requires_grad) for batch in came]


@probe
def queried_and_overwritten(submission, size, batches, seed):
    """The same as queried, but each batch, and what came back for it, is overwritten once it has been copied."""
    seeded(seed)
    buffer = submission.ReplayBuffer(size)
    came, unchanged = [], []
    for batch in batches:
        before = batch.clone()
        result = buffer.query(batch)
        unchanged.append(bool(torch.equal(before, batch)))
        came.append(result.clone())
        result.fill_(-1)
        came.append(batch.clone())
        batch.fill_(-2)
    return came[::2], came[1::2], unchanged


@probe
def alone_on_its_device(submission, images):
    buffer = submission.ReplayBuffer(2)
    came = [buffer.query(images) for _ in range(3)][-1]
    return came.device == images.device


def numbered(first, count, shape=(1, 1, 1), dtype=torch.float32):
    """A batch whose images each hold one number: first, first + 1, …"""
    numbers = torch.arange(first, first + count, dtype=dtype)
    return numbers.reshape(-1, 1, 1, 1).expand(count, *shape).clone()


def batches_of(sizes, **options):
    starts = [1 + sum(sizes[:i]) for i in range(len(sizes))]
    return [numbered(start, size, **options) for start, size in zip(starts, sizes, strict=True)]


def numbers_in(batch, like):
    """The number of each image; all of an image's values have to agree."""
    expect_shape(batch, tuple(like.shape))
    flat = batch.flatten(1)
    expect(
        torch.equal(flat, flat[:, :1].expand_as(flat)),
        en="The values of one image that came back are from different images.",
        ja="返ってきた 1 枚の画像の中に、別々の画像の値が混ざっています。",
    )
    return flat[:, 0].round().long().tolist()


def followed(size, batches, came):
    """Follow the exchange: for each image once the buffer is full, the place of the old one, or None for the new.

    Fails where an image came back that was neither new nor in the buffer then.
    """
    kept, places = [], []
    for batch, result in zip(batches, came, strict=True):
        for new, back in zip(numbers_in(batch, batch), numbers_in(result, batch), strict=True):
            if len(kept) < size:
                kept.append(new)
                expect(
                    back == new,
                    en="Image {new} came while the buffer was not full; image {back} came back instead.",
                    ja="まだいっぱいでないときに画像 {new} を渡したのに、画像 {back} が返ってきました。",
                    new=new,
                    back=back,
                )
                continue
            expect(
                back == new or back in kept,
                en="For image {new}, image {back} came back. It is not the new one, and it should not be in the buffer "
                "then: an image that has been given back leaves its place to the new one.",
                ja="画像 {new} に対して画像 {back} が返ってきました。新しい画像ではなく、"
                "このときバッファにあるはずの画像でも"
                "ありません。古い画像を返したら、その場所には新しい画像が入ります。",
                new=new,
                back=back,
            )
            places.append(None if back == new else kept.index(back))
            if back != new:
                kept[places[-1]] = new
    return places


def test_filling(tensors, seed):
    batches = [tensors(n, 3, 4, 5) for n in (1, 3, 2)]
    came, held = queried(8, batches, seed)
    expect(
        held == [1, 4, 6],
        en="After batches of 1, 3 and 2 images the buffer should hold 1, 4 and 6, but len() gave {held}.",
        ja="1 枚、3 枚、2 枚を渡したあと、枚数は 1、4、6 のはずですが、len() は {held} でした。",
        held=held,
    )
    for batch, result in zip(batches, came, strict=True):
        expect_close(result, batch, what="query(images)")


def test_bound(tensors, seed):
    for size, sizes in ((1, (1, 1, 1, 1)), (4, (3, 3, 3)), (5, (12, 1)), (3, (1,) * 9)):
        _, held = queried(size, batches_of(sizes), seed)
        right = [min(size, sum(sizes[: i + 1])) for i in range(len(sizes))]
        expect(
            held == right,
            en="A buffer of size {size} that received batches of {sizes} images should hold {right}, but "
            "len() gave {held}.",
            ja="上限 {size} のバッファに {sizes} 枚ずつ渡すと、枚数は {right} と変わるはずですが、len() は "
            "{held} でした。",
            size=size,
            sizes=list(sizes),
            right=right,
            held=held,
        )
    held = default_held(numbered(1, 60))
    expect(
        held == 50,
        en="ReplayBuffer() that received 60 images should hold 50, but len() gave {held}.",
        ja="ReplayBuffer() に 60 枚を渡すと 50 枚たまるはずですが、len() は {held} でした。",
        held=held,
    )


@pytest.mark.parametrize("size", [1, 3, 10])
def test_exchange(tensors, seed, size):
    sizes = [1 + tensors.choice((0, 1, 4)) for _ in range(60)]
    batches = batches_of(sizes)
    came, _ = queried(size, batches, seed)
    places = followed(size, batches, came)
    expect(
        any(place is not None for place in places) and None in places,
        en="Of {count} images that came when the buffer was full, {old} were exchanged for an old one.",
        ja="いっぱいのときに渡した {count} 枚のうち、古い画像が返ったのは {old} 枚でした。",
        count=len(places),
        old=sum(place is not None for place in places),
    )


def share_is_half(share, count, en, ja):
    # Five standard deviations of a fair coin: one right answer in two million would fail.
    slack = 5 * 0.5 / math.sqrt(count)
    expect(
        abs(share - 0.5) <= slack,
        en=en + " {share:.1%} were; about half should be.",
        ja=ja + " {share:.1%} でした。およそ半分のはずです。",
        share=share,
    )


def test_half(tensors, seed):
    size = 6
    batches = batches_of([size] + [4] * 500)
    came, _ = queried(size, batches, seed)
    old = [a != b for batch, back in zip(batches[1:], came[1:], strict=True) for a, b in
           zip(numbers_in(batch, batch), numbers_in(back, batch), strict=True)]  # fmt: skip
    share_is_half(
        sum(old) / len(old),
        len(old),
        "Of the images that came back, old ones:",
        "返ってきた画像のうち、古い画像の割合は",
    )
    # Within a batch of four a coin for the whole batch would give 0 or 4.
    mixed = [0 < sum(old[i : i + 4]) < 4 for i in range(0, len(old), 4)]
    expect(
        sum(mixed) > 0.7 * len(mixed),
        en="Only {mixed} of {count} batches of four held old images and new ones; with a coin for each image, seven of "
        "eight do.",
        ja="4 枚のバッチ {count} 個のうち、新旧の画像が混ざっていたのは {mixed} 個だけです。"
        "画像ごとにコインを投げれば、8 個のうち "
        "7 個で混ざります。",
        mixed=sum(mixed),
        count=len(mixed),
    )
    again = [a == b for a, b in pairwise(old)]
    share_is_half(
        sum(again) / len(again), len(again),
        "Coins that fell like the one before:", "直前と同じ側が出たコインの割合は",
    )  # fmt: skip


def test_places(tensors, seed):
    size = 5
    batches = batches_of([size] + [8] * 250)
    came, _ = queried(size, batches, seed)
    places = [place for place in followed(size, batches, came) if place is not None]
    shares = [places.count(k) / max(len(places), 1) for k in range(size)]
    slack = 5 * math.sqrt(0.2 * 0.8 / max(len(places), 1))
    expect(
        len(places) > 0 and all(abs(share - 1 / size) <= slack for share in shares),
        en="The five places were drawn with shares {shares}; each should have about 20%.",
        ja="5 つの場所が選ばれた割合は {shares} でした。どれもおよそ 20% のはずです。",
        shares=", ".join(f"{share:.0%}" for share in shares),
    )
    repeats = sum(a == b for a, b in pairwise(places)) / max(len(places) - 1, 1)
    expect(
        abs(repeats - 1 / size) <= slack,
        en="The place drawn was the same as the one before in {repeats:.0%} of all cases; by chance it is in 20%.",
        ja="直前と同じ場所が選ばれた割合は {repeats:.0%} でした。無作為なら 20% です。",
        repeats=repeats,
    )


def test_batches(tensors, seed):
    for dtype, shape in ((torch.float64, (3, 2, 4)), (torch.float32, (1, 5, 3)), (torch.float16, (2, 1, 1))):
        batches = batches_of([2, 1, 5, 3, 4, 1], shape=shape, dtype=dtype)
        came, _ = queried(3, batches, seed)
        for batch, result in zip(batches, came, strict=True):
            expect_shape(result, tuple(batch.shape), what="query(images)")
            expect(
                result.dtype == batch.dtype,
                en="query should keep the dtype {expected}, but {came} came back.",
                ja="dtype は {expected} のままのはずですが、{came} が返ってきました。",
                expected=batch.dtype,
                came=result.dtype,
            )
        followed(3, batches, came)
    wide = tensors.strided(4, 3, 5, 6)
    came, _ = queried(4, [wide], seed)
    expect_close(came[0], wide, what="query(images)")
    expect(
        alone_on_its_device(tensors(2, 1, 2, 2)),
        en="What came back lies on another device than the batch.",
        ja="返ってきた画像が、渡したバッチと別のデバイスにあります。",
    )


def test_detached(tensors, seed):
    graphs = queried_with_graph(3, tensors(2, 1, 2, 2), 12, seed)
    expect(
        not any(graphs),
        en="Images that came back require a gradient: the generator's graph still hangs on them, and on those kept.",
        ja="返ってきた画像が勾配を必要としています。生成器の計算グラフが、たまった画像にもつながったままです。",
    )
    batches = batches_of([2, 3, 1, 4, 2, 5, 3, 4], shape=(1, 2, 2))
    came, after, unchanged = queried_and_overwritten(3, batches, seed)
    expect(
        all(unchanged),
        en="query wrote into the batch that it was given.",
        ja="query が、渡されたバッチを書き換えています。",
    )
    for batch, left in zip(batches, after, strict=True):
        expect(
            torch.equal(batch, left),
            en="Writing into what came back changed the batch that had been passed in: they share memory.",
            ja="返ってきた画像を書き換えると、渡したバッチまで変わりました。メモリを共有しています。",
        )
    for batch, result in zip(batches, came, strict=True):
        expect(
            bool((result > 0).all()) and result.shape == batch.shape,
            en="A tensor was overwritten after query had returned, and what had been written came back from the buffer "
            "later: the buffer keeps a view of it and not a copy.",
            ja="query のあとでテンソルを書き換えたところ、その値がのちにバッファから返ってきました。"
            "バッファにあるのが、コピーではなく"
            "ビューだからです。",
        )
    followed(3, batches, came)


def test_size_zero(tensors, seed):
    batches = [tensors(n, 2, 3, 3) for n in (1, 4, 2)]
    came, held = queried(0, batches, seed)
    expect(
        held == [0, 0, 0],
        en="A buffer of size 0 should keep nothing, but len() gave {held}.",
        ja="上限 0 のバッファには何もたまらないはずですが、len() は {held} でした。",
        held=held,
    )
    for batch, result in zip(batches, came, strict=True):
        expect_close(result, batch, what="query(images)")
