"""The learner's side of the disk: their files, their progress, their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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


def __getattr__(name: str) -> Any:
    # Every start reads the settings before anything else, and most commands open no database.
    import importlib

    match name:
        case "SettingsError" | "WorkspaceError":
            home = "errors"
        case "Attempt" | "ExerciseState":
            home = "records"
        case "Settings" | "default_workspace" | "load_settings" | "save_settings" | "settings_file":
            home = "settings"
        case "Workspace":
            home = "workspace"
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
