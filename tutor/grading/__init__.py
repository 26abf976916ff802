"""A submission -> a stream of events -> a Report. See docs/architecture.md, "The engine".

Importing this package loads neither torch nor pytest: only the server, the judge and the box do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.grading.report import (
    Cancelled,
    Collected,
    Comparison,
    Curve,
    Decided,
    Done,
    Drawing,
    Drawn,
    Event,
    Fault,
    Figure,
    GradeRequest,
    Images,
    Matrix,
    Output,
    Picture,
    Point,
    Report,
    RequirementResult,
    RunEvent,
    Scatter,
    Started,
    Status,
)

if TYPE_CHECKING:
    from tutor.grading.client import Engine, EngineDied

__all__ = [
    "Cancelled",
    "Collected",
    "Comparison",
    "Curve",
    "Decided",
    "Done",
    "Drawing",
    "Drawn",
    "Engine",
    "EngineDied",
    "Event",
    "Fault",
    "Figure",
    "GradeRequest",
    "Images",
    "Matrix",
    "Output",
    "Picture",
    "Point",
    "Report",
    "RequirementResult",
    "RunEvent",
    "Scatter",
    "Started",
    "Status",
]


def __getattr__(name: str) -> Any:
    # The client brings asyncio and subprocess, which those who only read reports need not wait for.
    if name in ("Engine", "EngineDied"):
        from tutor.grading import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
