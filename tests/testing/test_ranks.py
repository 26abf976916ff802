"""Ranks: results in order, a rank that does not return named, and nothing left, whatever happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from tutor.testing import RankFailed, curve, picture, ranks, show
from tutor.testing.ranks import RankEnd, Surroundings, ending, use_surroundings

pytestmark = pytest.mark.usefixtures("nothing_left")

FOREVER = 1000.0


def failure(world_size: int, function: object, *args: object, **options: object) -> RankFailed:
    with pytest.raises(RankFailed) as caught:
        ranks(world_size, function, *args, **options)  # type: ignore[arg-type]
    return caught.value


# What comes back


def summed(rank: int, world_size: int, x: torch.Tensor) -> tuple[int, int, torch.Tensor]:
    x *= rank + 1
    dist.all_reduce(x)
    return rank, world_size, x


@pytest.mark.parametrize("world_size", [1, 2, 3])
def test_results_in_the_order_of_the_ranks(world_size: int) -> None:
    x = torch.ones(3)
    results = ranks(world_size, summed, x)
    assert [result[:2] for result in results] == [(rank, world_size) for rank in range(world_size)]
    for _rank, _size, total in results:
        assert total.equal(torch.full((3,), float(sum(range(1, world_size + 1)))))
    assert x.equal(torch.ones(3)), "each rank has a copy of its own"


def odd_values(rank: int, world_size: int) -> dict[str, object]:
    conjugate = torch.tensor([1 + 2j]).conj()
    return {
        "bfloat16": torch.ones(2, dtype=torch.bfloat16),
        "empty": torch.empty(0, 3),
        "number": torch.tensor(2.5, dtype=torch.float64, requires_grad=True),
        "part": torch.arange(6).reshape(2, 3).T[1:],
        "conjugate": conjugate,
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "plain": [rank, None, "text", (1.5, b"x")],
    }


def test_values_arrive_as_they_were() -> None:
    (came,) = ranks(1, odd_values)
    assert came["bfloat16"].dtype == torch.bfloat16
    assert came["empty"].shape == (0, 3)
    assert came["number"].item() == 2.5
    assert came["number"].requires_grad
    assert came["part"].tolist() == [[1, 4], [2, 5]]
    assert came["conjugate"].item() == 1 - 2j
    assert came["parameter"].requires_grad
    assert came["plain"] == [0, None, "text", (1.5, b"x")]


def step(rank: int, world_size: int, x: torch.Tensor, target: torch.Tensor) -> list[torch.Tensor]:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    wrapped = DistributedDataParallel(model) if world_size > 1 else model
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    rows = slice(rank * len(x) // world_size, (rank + 1) * len(x) // world_size)
    for _ in range(3):
        optimizer.zero_grad()
        (wrapped(x[rows]) - target[rows]).square().mean().backward()
        optimizer.step()
    return [parameter.detach() for parameter in model.parameters()]


def test_ddp_equals_one_process_on_the_joined_batch() -> None:
    x, target = torch.randn(8, 4), torch.randn(8, 1)
    (alone,) = ranks(1, step, x, target)
    for together in ranks(2, step, x, target):
        for one, other in zip(together, alone, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-7)


def own_group(rank: int, world_size: int) -> tuple[float, str]:
    total = torch.ones(1)
    for _ in range(2):  # a second group must not find the first one's addresses
        dist.init_process_group("gloo")
        dist.all_reduce(total)
        dist.destroy_process_group()
    return total.item(), f"{os.environ['RANK']} of {os.environ['WORLD_SIZE']}"


def test_a_submission_may_make_the_group_itself() -> None:
    assert ranks(2, own_group, group=False) == [(4.0, "0 of 2"), (4.0, "1 of 2")]


def drawn(rank: int, world_size: int) -> tuple[float, float, float]:
    return torch.rand(()).item(), random.random(), float(np.random.rand())


def test_seeds_differ_from_rank_to_rank_and_follow_the_parents() -> None:
    torch.manual_seed(3)
    first = ranks(2, drawn)
    again = ranks(2, drawn)
    torch.manual_seed(3)
    assert ranks(2, drawn) == first
    assert len({*first, *again}) == 4


def threads(rank: int, world_size: int) -> tuple[int, float]:
    return torch.get_num_threads(), (torch.ones(400, 400) @ torch.ones(400, 400)).sum().item()


def test_one_thread_each_even_where_the_parent_has_used_several() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        torch.ones(1000, 1000) @ torch.ones(1000, 1000)
        torch.ones(10**6).exp()
        assert ranks(2, threads) == [(1, 400.0**3)] * 2
    finally:
        torch.set_num_threads(before)


# What is seen of them


def talkative(rank: int, world_size: int) -> None:
    print("one\ntwo")
    os.write(2, b"no end of line")
    curve("loss", [1.0, float(rank)])
    if rank == 1:
        picture("seen", torch.eye(2))


def test_output_and_curves_go_through_the_parent(capfd: pytest.CaptureFixture[str]) -> None:
    seen: list[tuple[str, str, object]] = []
    sink = show.sink()
    show.use_sink(lambda *shown: seen.append(shown))
    try:
        ranks(2, talkative)
    finally:
        show.use_sink(sink)
    assert sorted(name for _kind, name, _values in seen) == ["loss", "loss [rank 1]", "seen [rank 1]"]
    assert ("curve", "loss [rank 1]", [1.0, 1.0]) in seen
    lines = capfd.readouterr().out.splitlines()
    for rank in (0, 1):
        own = [line for line in lines if line.startswith(f"[rank {rank}] ")]
        assert own == [f"[rank {rank}] {text}" for text in ("one", "two", "no end of line")]


# A rank that does not return


def raises(rank: int, world_size: int) -> None:
    if rank == 1:
        raise KeyError("no such thing")
    dist.all_reduce(torch.ones(1))


def test_the_rank_that_raises_is_named() -> None:
    failed = failure(2, raises)
    assert (failed.end.rank, failed.end.world_size, failed.end.ended, failed.kind) == (1, 2, "raised", "KeyError")
    assert "rank 1 of 2: KeyError: 'no such thing'" in str(failed)
    assert "in raises" in failed.__notes__[0], "the rank's own traceback"


def raises_everywhere(rank: int, world_size: int) -> None:
    raise ValueError(str(rank))


def test_of_several_that_raise_the_first_is_named() -> None:
    assert failure(3, raises_everywhere).end.rank == 0


def killed(rank: int, world_size: int) -> None:
    if rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    dist.all_reduce(torch.ones(1))


def killed_before_they_meet(rank: int, world_size: int) -> None:
    if rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    dist.init_process_group("gloo")


def left(rank: int, world_size: int) -> None:
    if rank == 1:
        os._exit(3)
    dist.all_reduce(torch.ones(1))


def test_the_rank_that_dies_is_named_and_its_peers_do_not_hang() -> None:
    for function, group, ended, status in (
        (killed, True, "signal", signal.SIGKILL),
        (killed_before_they_meet, False, "signal", signal.SIGKILL),
        (left, True, "exit", 3),
    ):
        end = failure(2, function, group=group, timeout=FOREVER).end
        assert (end.rank, end.ended, end.status) == (1, ended, status)


def leaves_politely(rank: int, world_size: int) -> None:
    sys.exit(4)


def test_sys_exit_is_an_exception_like_others() -> None:
    assert failure(2, leaves_politely).kind == "SystemExit"


def waits_for_one_that_has_finished(rank: int, world_size: int) -> None:
    if rank == 0:
        dist.all_reduce(torch.ones(1))


def test_a_rank_that_waits_for_one_that_has_finished() -> None:
    failed = failure(2, waits_for_one_that_has_finished, timeout=FOREVER)
    assert failed.end.waited
    assert failed.end.finished == (1,)
    assert "Rank 0 waited for ranks that had already finished (finished: 1)" in str(failed)


def deadlock(rank: int, world_size: int, folder: Path) -> None:
    (folder / f"ready-{rank}").touch()
    if rank == 2:
        return
    if rank == 0:
        dist.recv(torch.ones(1), 1)
    while True:
        pass


def test_ranks_that_hang_are_named_with_their_lines(tmp_path: Path) -> None:
    use_surroundings(Surroundings(file=__file__))
    first = deadlock.__code__.co_firstlineno
    # Long enough to get there on any machine is not known beforehand.
    for timeout in (3, 10, 30, 90):
        end = failure(3, deadlock, tmp_path, timeout=timeout).end
        there = [path for path in tmp_path.iterdir() if path.name.startswith("ready")]
        for path in there:
            path.unlink()
        if len(there) == 3 and end.finished:
            break
    assert (end.ended, end.rank, end.finished) == ("hung", 0, (2,))
    assert [rank for rank, _line in end.running] == [0, 1]
    assert end.running[0][1] == end.line == first + 5
    assert end.running[1][1] in (first + 6, first + 7)


def test_the_sentences() -> None:
    hung = RankEnd(0, 3, "hung", seconds=2.96, running=((0, 9), (1, None)), finished=(2,))
    assert ending(hung) == (
        "After 3 s not every rank had finished, and all were stopped. Still running: rank 0 in line 9, rank 1. "
        "Finished: 2. A collective call, such as all_reduce, returns only when every rank has made it."
    )
    crashed = RankEnd(1, 2, "signal", status=signal.SIGABRT, line=7)
    assert ending(crashed).startswith("The process of rank 1 was ended by SIGABRT (line 7). That happens where")
    assert "ended by 99." in ending(RankEnd(1, 2, "signal", status=99))


def not_plain(rank: int, world_size: int) -> object:
    return [lambda: rank]


def test_what_belongs_to_a_process_stays_there() -> None:
    failed = failure(1, not_plain)
    assert failed.kind == "NotPlainValue"


def with_children(rank: int, world_size: int, folder: Path) -> None:
    process = subprocess.Popen(["sleep", "1000"])
    (folder / str(rank)).write_text(str(process.pid))
    dist.barrier()
    if rank == 1:
        raise RuntimeError


def test_what_a_rank_has_started_ends_with_it(tmp_path: Path) -> None:
    failure(2, with_children, tmp_path)
    for rank in (0, 1):
        file = tmp_path / str(rank)
        state = Path("/proc") / file.read_text() / "stat"
        deadline = time.monotonic() + 60
        # It has been killed; who reaps it is not our concern.
        while state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z":
            assert time.monotonic() < deadline
            os.sched_yield()
        file.unlink()


def closes_everything(rank: int, world_size: int) -> None:
    os.closerange(0, 1 << 16)


def test_a_rank_that_closes_everything_has_left() -> None:
    # Without a group: gloo's own thread aborts the process where it finds its descriptors gone first.
    assert failure(2, closes_everything, timeout=FOREVER, group=False).end.ended == "exit"


def test_children_that_nobody_can_wait_for() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert [size for _rank, size, _total in ranks(2, summed, torch.ones(1))] == [2, 2]
        assert failure(2, killed).end.rank == 1
    finally:
        signal.signal(signal.SIGCHLD, before)
