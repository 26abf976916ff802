"""What all panes of an exercise share."""

from __future__ import annotations


class Pane:
    """A pane looks the same with the focus and without: the tabs above it tell (``tutor.app.widgets.pane_tabs``)."""

    # No Widget: that can have no focus, and a widget that is two things takes that from the first.

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Spare what Textual does: style the pane and all that is in it anew, a third of what showing a pane takes."""
