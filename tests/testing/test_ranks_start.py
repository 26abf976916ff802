"""How ranks are started, on what, and what they know of their surroundings."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch
import torch.distributed as dist

from tutor.testing import RankFailed, curve, probe, ranks, show
from tutor.testing.plugin import LocalTransport
from tutor.testing.probe import use_transport
from tutor.testing.rank_group import line_of
from tutor.testing.rank_process import backend_for, device_for, wants_device
from tutor.testing.ranks import MARGIN, Surroundings, _deadline, _ranks, _start_for, use_surroundings

pytestmark = pytest.mark.usefixtures("nothing_left")

FOREVER = 1000.0


def wants(rank: int, world_size: int, *, device: torch.device) -> str:
    return str(device)


def test_a_rank_receives_its_device_if_it_asks() -> None:
    assert ranks(2, wants, device=torch.device("cpu")) == ["cpu", "cpu"]
    assert wants_device(wants)
    assert not wants_device(lambda rank, world_size: None)


# Surroundings


def test_private_descriptors_and_descriptions() -> None:
    reader, writer = os.pipe()
    use_surroundings(Surroundings(describe=lambda error: {"said": str(error)}, private=(writer,)))

    def writes(rank: int, world_size: int) -> None:
        os.write(writer, b"noise")
        raise ValueError("described")

    def missing(rank: int, world_size: int, module: ModuleType) -> None:
        module.no_such_function()

    try:
        with pytest.raises(RankFailed) as caught:
            ranks(1, writes)
        assert caught.value.described == {"said": "described"}
        with pytest.raises(RankFailed) as caught:
            ranks(1, missing, os)
        assert caught.value.missing == ("os", "no_such_function")
    finally:
        os.close(writer)
        assert os.read(reader, 10) == b""
        os.close(reader)


def test_the_deadline_leaves_time_to_say_so() -> None:
    soon = Surroundings(deadline=110.0)
    assert _deadline(100.0, None, soon) == pytest.approx(110 - MARGIN)
    assert _deadline(100.0, 2.0, soon) == 102.0
    assert _deadline(100.0, 50.0, soon) == pytest.approx(110 - MARGIN)
    assert _deadline(109.8, None, soon) == pytest.approx(109.9)
    assert _deadline(100.0, 1000.0, Surroundings()) == 1100.0


@pytest.mark.parametrize("options", [{"world_size": 0}, {"world_size": 17}, {"timeout": 0}, {"timeout": float("nan")}])
def test_arguments_that_make_no_sense(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"ranks\(\) takes"):
        ranks(**{"world_size": 2, "function": wants, **options})  # type: ignore[arg-type]


def test_the_line_in_a_trace() -> None:
    row = '  File "/submission/answer.py", line {} in forward\n  File "/lib/torch.py", line 9 in call\n'
    hung = f"Timeout!\nThread 0x1 (most recent call first):\n{row.format(3)}\nThread 0x2 (most recent call first):\n"
    assert line_of(hung + row.format(5), "/submission/answer.py") == 5, "the main thread stands last"
    assert line_of(hung, "/submission/answer.py") == 3
    crash = f"Fatal Python error\n\nCurrent thread 0x1 (most recent call first):\n{row.format(7)}\n{hung}"
    assert line_of(crash, "/submission/answer.py") == 7
    assert line_of("", "/submission/answer.py") is None
    assert line_of(row.format("9" * 9), "/submission/answer.py") is None


# GPUs, which no machine of the tests has


def test_backends_and_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda, cpu = torch.device("cuda"), torch.device("cpu")
    monkeypatch.setattr(dist, "is_nccl_available", lambda: True)
    assert backend_for(cuda, 2, gpus=2) == "nccl"
    assert backend_for(cuda, 2, gpus=1) == "gloo"
    assert backend_for(cpu, 2, gpus=8) == "gloo"
    monkeypatch.setattr(dist, "is_nccl_available", lambda: False)
    assert backend_for(cuda, 2, gpus=2) == "gloo"
    assert [device_for(cuda, rank, gpus=2).index for rank in range(3)] == [0, 1, 0]
    assert device_for(cpu, 1, gpus=0) == cpu


def test_how_ranks_are_started(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _start_for("linux") == "fork"
    assert _start_for("darwin") == "fresh"
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    assert _start_for("linux") == "fresh"


@pytest.fixture
def answer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A submission's file."""
    file = tmp_path_factory.mktemp("work") / "answer_of_this_test.py"
    file.write_text("import torch.distributed as dist\n\ndef total(x):\n    dist.all_reduce(x)\n    return x\n")
    yield file
    sys.modules.pop(file.stem, None)


def fresh(rank: int, world_size: int, x: torch.Tensor, module: ModuleType) -> torch.Tensor:
    curve("loss", float(rank))
    return module.total(x)


def test_fresh_interpreters_do_the_same(answer: Path) -> None:
    submission = LocalTransport(answer, torch.device("cpu"))._submission()
    seen: list[str] = []
    sink = show.sink()
    show.use_sink(lambda kind, name, values: seen.append(name))
    try:
        came = _ranks(2, fresh, (torch.ones(2), submission), torch.device("cpu"), True, FOREVER, "fresh")
    finally:
        show.use_sink(sink)
    assert [x.tolist() for x in came] == [[2.0, 2.0]] * 2
    assert sorted(seen) == ["loss", "loss [rank 1]"]


def test_plain_pytest_does_the_same(answer: Path) -> None:
    def work(rank: int, world_size: int, submission: ModuleType, x: torch.Tensor) -> torch.Tensor:
        return submission.total(x + rank)

    @probe
    def totals(submission, x):
        return ranks(2, work, submission, x)

    use_transport(LocalTransport(answer, torch.device("cpu")))
    try:
        assert [total.item() for total in totals(torch.zeros(()))] == [1.0, 1.0]
    finally:
        use_transport(None)
