"""Fetching a repository through the ``git`` command, which never asks anything and never waits for ever."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from pathlib import Path

from tutor.locale import _

PATIENCE = 120.0
"""Seconds that git may take to fetch a repository."""

_SCHEME = re.compile(r"(?:git\+)?(?:https?|ssh|git|file)://", re.IGNORECASE)
_SCP = re.compile(r"[\w.-]+@[\w.-]+:[^\s]+")


class GitFailed(Exception):
    """A repository cannot be fetched. The text is a whole sentence, with the way out."""


def is_address(source: str) -> bool:
    """Whether ``source`` is an address for git: a URL, ``user@host:path``, or anything that ends in ``.git``."""
    return bool(_SCHEME.match(source) or _SCP.fullmatch(source)) or source.rstrip("/").endswith(".git")


def clone(address: str, folder: Path) -> str:
    """Fetch the newest state of the repository at ``address`` into ``folder``, which is made; answers the commit.

    Raises:
        GitFailed: there is no git, no such repository, or no answer in ``PATIENCE`` seconds.
    """
    place = address.removeprefix("git+")
    # ext:: and the like run commands that the address names.
    options = ["-c", "protocol.allow=never"]
    for protocol in ("https", "http", "ssh", "git", "file"):
        options += ["-c", f"protocol.{protocol}.allow=always"]
    _git([*options, "clone", "--quiet", "--depth", "1", "--no-tags", "--", place, str(folder)], address)
    return _git(["-C", str(folder), "rev-parse", "HEAD"], address).strip()


def _git(arguments: list[str], address: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_DIR")} | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=20"),
        "GCM_INTERACTIVE": "never",
    }
    try:
        process = subprocess.Popen(
            ["git", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        message = _(
            "git is needed to fetch {address}, and cannot be started here ({reason}): install git, or add a folder."
        )
        raise GitFailed(message.format(address=address, reason=error.strerror)) from error
    try:
        out, errors = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        message = _(
            "{address} did not answer within {seconds:g} seconds: check the address and the network, and try again."
        )
        raise GitFailed(message.format(address=address, seconds=PATIENCE)) from error
    finally:
        if process.poll() is None:  # no answer, or the learner gave up: its helpers go with it
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode != 0:
        said = errors.decode("utf-8", "replace").strip().splitlines()
        reason = _reason([line.strip() for line in said if line.strip()])
        message = _("git cannot fetch {address}: {reason}. Check the address, and whether you may read it.")
        raise GitFailed(message.format(address=address, reason=reason.removeprefix("fatal: ").rstrip(".")))
    return out.decode("utf-8", "replace")


def _reason(said: list[str]) -> str:
    """The line that says why git failed, and the next one where it only announces that."""
    index = next((i for i, line in enumerate(said) if line.startswith(("fatal:", "ssh:"))), len(said) - 1)
    reason = " ".join(said[index : index + 1])
    return " ".join([reason, *said[index + 1 : index + 2]]) if reason.endswith(":") else reason
