"""A Report -> which FAQ entry comes first. Pure functions over plain data."""

from tutor.feedback.fingerprint import Fingerprint, closest, fingerprint
from tutor.feedback.hints import Hint, choose_entry

__all__ = ["Fingerprint", "Hint", "choose_entry", "closest", "fingerprint"]
