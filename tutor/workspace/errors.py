"""What this room raises. Every message is a whole sentence for the learner, in their language, with the way out."""

from __future__ import annotations


class WorkspaceError(Exception):
    """A file or folder of the learner's cannot be used as it is."""


class SettingsError(Exception):
    """The settings file cannot be read, or cannot be written."""
