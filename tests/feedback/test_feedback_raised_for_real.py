"""Each entry of the catalogue, met by code that really raises it in the torch that is installed."""

from __future__ import annotations

import sys

import pytest
from feedback_case import Case
from feedback_cases import CASES
from feedback_raising import fault_of, raised_by

from tutor import locale
from tutor.feedback import explain


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.entry)
def test_the_entry_that_fits_names_the_tensors(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "linux":
        monkeypatch.setenv("GLOO_SOCKET_IFNAME", "lo")  # the name of this machine need not be known to itself
    monkeypatch.delenv("RANK", raising=False)
    raised = raised_by(case.source)
    found = explain(fault_of(raised))
    assert found is not None, (raised.kind, raised.text)
    assert found.id == case.entry, (raised.kind, raised.text)
    said = "\n".join(found.tensors)
    for part in case.says:
        assert part in said, said
    if raised.line is not None:
        assert found.look.startswith(f"Line {raised.line}: ")
    locale.use("ja")
    japanese = explain(fault_of(raised))
    assert japanese is not None
    assert japanese.meaning != found.meaning
    assert japanese.look != found.look
    assert "{" not in "".join((*japanese.tensors, japanese.meaning, japanese.look)).replace("{[", "")
