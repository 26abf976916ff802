"""Is there what colours Python in the built-in editor? It is an extra, and of one series: others end the process."""

from __future__ import annotations

from tutor.locale import _

QUERY = """
(comment) @comment
(string) @string
[(integer) (float)] @number
[(true) (false) (none) (ellipsis)] @constant
(decorator) @decorator
(function_definition name: (identifier) @function)
(class_definition name: (identifier) @class)
(type (identifier) @type)
((identifier) @self (#any-of? @self "self" "cls"))
[
  "and" "as" "assert" "async" "await" "break" "case" "class" "continue" "def" "del" "elif" "else" "except" "finally"
  "for" "from" "global" "if" "import" "in" "is" "lambda" "match" "nonlocal" "not" "or" "pass" "raise" "return" "try"
  "while" "with" "yield"
] @keyword
"""
"""What of a syntax tree has a colour. Few names: each costs time at each key."""

SERIES = "0.25."
"""Of tree-sitter: the one that Textual works with; see the extra ``editor`` in pyproject.toml."""


def missing() -> str | None:
    """Why there are no colours, as a sentence; None where there are. Reads the disk."""
    from importlib import metadata
    from importlib.util import find_spec

    try:
        version = metadata.version("tree-sitter")
    except metadata.PackageNotFoundError:
        version = ""
    if version and not version.startswith(SERIES):
        return _("No colours: tree-sitter {version} does not fit. {command} installs one that does.").format(
            version=version, command=COMMAND
        )
    if not version or find_spec("tree_sitter_python") is None:
        return _("No colours yet: {command} brings them.").format(command=COMMAND)
    return None


COMMAND = "pip install 'torch-tutor[editor]'"
