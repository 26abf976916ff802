"""Files that Python cannot read."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

ENTRIES = (
    Entry(
        "tabs-and-spaces",
        ("TabError",),
        (r"inconsistent use of tabs and spaces",),
        N_(
            "Some lines of the file are indented with tabs, others with spaces; Python cannot tell which belong "
            "together."
        ),
        N_("let the editor convert all tabs to spaces."),
        "",
        (),
    ),
    Entry(
        "indentation",
        ("IndentationError",),
        (r"unexpected indent", r"expected an indented block", r"unindent does not match", r"unexpected unindent"),
        N_("In Python the indentation says what belongs together, and here it does not work out."),
        N_(
            "after a line that ends in `:` the next ones stand four spaces further in, all equally far. A block with "
            "nothing in it needs `pass`."
        ),
        "",
        (),
    ),
    Entry(
        "bracket-open",
        ("SyntaxError",),
        (
            r"'(?P<sign>[(\[{])' was never closed",
            r"unmatched '(?P<sign>[)\]}])'",
            r"closing parenthesis '(?P<sign>.)' does not match",
        ),
        N_("Brackets come in pairs. This one has no partner: {sign}"),
        N_("count the brackets from there on; the missing one often belongs on the line before."),
        "",
        (),
    ),
    Entry(
        "string-open",
        ("SyntaxError",),
        (r"unterminated (?:triple-quoted )?(?:f-)?string literal", r"EOL while scanning string literal"),
        N_("A text begins with a quotation mark and never ends."),
        N_("close it with the same mark that it begins with."),
        "",
        (),
    ),
    Entry(
        "colon-missing",
        ("SyntaxError",),
        (r"expected ':'",),
        N_("Lines that begin a block (`def`, `class`, `if`, `for`, `with`) end in a colon."),
        N_("add the colon at the end of the line."),
        "",
        (),
    ),
    Entry(
        "outside-function",
        ("SyntaxError",),
        (r"'(?P<word>return|yield|await)' outside (?:async )?function",),
        N_("`{word}` belongs inside a function, and here it stands outside of any."),
        N_("is the line indented far enough to belong to the function above?"),
        "",
        (),
    ),
    Entry(
        "assign-or-compare",
        ("SyntaxError",),
        (r"Maybe you meant '==' or ':='", r"cannot assign to (?P<what>.+?) here"),
        N_("`=` gives a name to a value, `==` compares."),
        N_("which of the two do you mean? On the left of `=` stands a name, `x[i]` or `self.x`."),
        "",
        (),
    ),
    Entry(
        "syntax",
        ("SyntaxError",),
        (
            r"invalid syntax",
            r"invalid decimal literal",
            r"unexpected EOF",
            r"Perhaps you forgot a comma",
            r"invalid character",
        ),
        N_("Up to this place the line makes sense to Python; there it stops understanding."),
        N_("is a comma, an operator or a bracket missing, here or at the end of the line before?"),
        "",
        (),
    ),
)
