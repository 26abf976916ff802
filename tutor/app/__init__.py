"""The app: what someone sees who types ``tutor``. ``run`` is its only door."""

from tutor.app.ports import Choice, LearnerSession, Remember, SessionFactory, SetupError
from tutor.app.start import run

__all__ = ["Choice", "LearnerSession", "Remember", "SessionFactory", "SetupError", "run"]
