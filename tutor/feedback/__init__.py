"""A Report -> which FAQ entry comes first, and what its errors mean. Pure functions over plain data."""

from tutor.feedback.explainer import Explanation, explain
from tutor.feedback.fingerprint import Fingerprint, Row, closest, fingerprint, likeness, may_be, nearest, row_of
from tutor.feedback.hints import Hint, choose_entry

__all__ = [
    "Explanation",
    "Fingerprint",
    "Hint",
    "Row",
    "choose_entry",
    "closest",
    "explain",
    "fingerprint",
    "likeness",
    "may_be",
    "nearest",
    "row_of",
]
