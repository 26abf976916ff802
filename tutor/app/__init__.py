"""The app: what someone sees who types ``tutor``. ``run`` is its only door."""

from typing import TYPE_CHECKING

from tutor.app.choice import Choice, Preferences, SetupError
from tutor.app.start import run

if TYPE_CHECKING:
    from tutor.app.ports import Keep, LearnerSession, Remember, SessionFactory

__all__ = ["Choice", "Keep", "LearnerSession", "Preferences", "Remember", "SessionFactory", "SetupError", "run"]
