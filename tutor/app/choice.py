"""What is chosen: on the first start, and later in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tutor.app.ports import Device


class SetupError(Exception):
    """A session cannot be opened with this choice. The text says why, in words for the learner."""


class Choice(NamedTuple):
    """What is asked on the first start."""

    language: str
    folder: Path
    """Where the learner's files go: absolute, ``~`` already expanded."""


class Preferences(NamedTuple):
    """What has a default that nobody needs to be asked about. See ``tutor.workspace.settings.Settings``."""

    theme: str | None = None
    """The name of a theme; None is the app's own."""
    editor: str | None = None
    """``"builtin"``, or a command; None asks ``$VISUAL`` and ``$EDITOR``."""
    device: Device = "auto"
    keys: Mapping[str, str] = MappingProxyType({})
    """The learner's own keys, by the ids of actions."""
