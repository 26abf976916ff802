"""The learner's side of the disk: their files, their progress, their settings."""

from tutor.workspace.errors import SettingsError, WorkspaceError
from tutor.workspace.records import Attempt, ExerciseState
from tutor.workspace.settings import Settings, default_workspace, load_settings, save_settings, settings_file
from tutor.workspace.workspace import Workspace

__all__ = [
    "Attempt",
    "ExerciseState",
    "Settings",
    "SettingsError",
    "Workspace",
    "WorkspaceError",
    "default_workspace",
    "load_settings",
    "save_settings",
    "settings_file",
]
