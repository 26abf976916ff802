"""The app in a browser: ``tutor serve``. Needs the extra ``serve``."""
