"""A submission -> a stream of events -> a Report. See docs/architecture.md, "The engine".

Importing this package loads neither torch nor pytest: only the server, the judge and the box do.
"""

from tutor.grading.client import Engine, EngineDied
from tutor.grading.report import (
    Cancelled,
    Collected,
    Comparison,
    Curve,
    Decided,
    Done,
    Drawn,
    Event,
    Fault,
    GradeRequest,
    Output,
    Picture,
    Point,
    Report,
    RequirementResult,
    RunEvent,
    Started,
    Status,
)

__all__ = [
    "Cancelled",
    "Collected",
    "Comparison",
    "Curve",
    "Decided",
    "Done",
    "Drawn",
    "Engine",
    "EngineDied",
    "Event",
    "Fault",
    "GradeRequest",
    "Output",
    "Picture",
    "Point",
    "Report",
    "RequirementResult",
    "RunEvent",
    "Started",
    "Status",
]
