"""Pages to read (lessons, questions, explanations): Markdown in, lines of a given width out.

Nothing here knows where the lines are shown: the app paints them, the command line prints them. ``read`` in ``blocks``
takes Markdown apart, ``laid_out`` in ``layout`` makes lines of it; ``tex`` and ``equations`` are what draws equations.
"""
