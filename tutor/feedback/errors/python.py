"""Python's own errors, in the form in which learners of PyTorch meet them. The most general entries: they come last."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

ENTRIES = (
    Entry(
        "gradient-none",
        ("AttributeError", "TypeError"),
        (r"'NoneType'",),
        N_("`.grad` is None until backward() has brought a gradient to this tensor, and after zero_grad()."),
        N_(
            "was backward() called before? Does the loss depend on this tensor, and is it a leaf that requires a "
            "gradient?"
        ),
        "",
        ("grad",),
        where=r"\.grad\b",
    ),
    Entry(
        "none-attribute",
        ("AttributeError",),
        (r"'NoneType' object has no attribute '(?P<name>\w+)'",),
        N_("Something is None where an object with `{name}` was expected."),
        N_(
            "where does the value come from? A function without `return`, and methods that work in place on lists, "
            "give None."
        ),
        "",
        ("kind",),
    ),
    Entry(
        "none-used",
        ("TypeError",),
        (
            r"'NoneType' object is not (?:subscriptable|callable|iterable|an iterator)",
            r"unsupported operand type\(s\) for \S+: (?=.*'NoneType')",
            r"cannot unpack non-iterable NoneType object",
        ),
        N_("Something is None where a value was expected."),
        N_("where does it come from? A function without `return` gives None, on the path that was taken."),
        "",
        ("kind",),
    ),
    Entry(
        "attribute-missing",
        ("AttributeError",),
        (
            r"'(?P<kind>[\w.]+)' object has no attribute '(?P<name>\w+)'",
            r"module '(?P<kind>[\w.]+)' has no attribute '(?P<name>\w+)'",
            r"type object '(?P<kind>[\w.]+)' has no attribute '(?P<name>\w+)'",
        ),
        N_("{kind} has nothing by the name of `{name}`."),
        N_(
            "is the name spelled the same way where it is made, or is the object another one than you think? What "
            "begins with `self.` must have been assigned before, mostly in `__init__`."
        ),
        N_("There is `{suggestion}`."),
        ("kind",),
    ),
    Entry(
        "name-unbound",
        ("UnboundLocalError",),
        (r"local variable '(?P<name>\w+)'",),
        N_("A name that gets a value anywhere in a function is local to it. `{name}` is used before it has one."),
        N_("is it assigned only under an `if`, or in a loop that never ran? For an attribute, `self.` may be missing."),
        "",
        (),
    ),
    Entry(
        "name-missing",
        ("NameError",),
        (r"name '(?P<name>\w+)' is not defined",),
        N_("There is nothing by the name of `{name}` here."),
        N_("is it misspelled, is an import missing, or is it an attribute that needs `self.`?"),
        N_("There is `{suggestion}`."),
        (),
    ),
    Entry(
        "module-missing",
        ("ModuleNotFoundError",),
        (r"No module named '(?P<name>[\w.]+)'",),
        N_("There is no library named {name} here."),
        N_("is it misspelled? The exercises need nothing beyond what the stub imports."),
        N_("There is `{suggestion}`."),
        (),
    ),
    Entry(
        "import-missing",
        ("ImportError",),
        (r"cannot import name '(?P<name>\w+)' from (?:partially initialized module )?'(?P<kind>[\w.]+)'",),
        N_("{kind} holds nothing by the name of `{name}`."),
        N_("is it misspelled (capital letters count), or does it live in another module?"),
        N_("There is `{suggestion}`."),
        (),
    ),
    Entry(
        "zero-division",
        ("ZeroDivisionError",),
        (r"division by zero|modulo by zero|division or modulo",),
        N_("Python's numbers cannot be divided by zero. (Tensors can: that gives inf or NaN.)"),
        N_("what is zero here? A length of nothing, and a count that never grew, are usual causes."),
        "",
        (),
    ),
    Entry(
        "key-missing",
        ("KeyError",),
        (r"^(?P<name>.{1,80})$",),
        N_("There is no entry {name}."),
        N_(
            "print its keys(). Is it spelled the same way where the entry is made? `.get` gives None instead of an "
            "error."
        ),
        "",
        (),
        where=r"^(?:\n|$|torch\.nn\.modules\.container)",
    ),
    Entry(
        "recursion",
        ("RecursionError",),
        (r"maximum recursion depth exceeded", r"[Ss]tack overflow"),
        N_("A function calls itself over and over, without end."),
        N_(
            "in a module, `self(x)` inside `forward` calls forward again; a function that calls itself needs a case "
            "in which it does not."
        ),
        "",
        (),
    ),
    Entry(
        "list-range",
        ("IndexError",),
        (r"(?P<kind>list|tuple|string) (?:assignment )?index out of range", r"pop from empty list"),
        N_("A position was asked for that the sequence does not have. Positions are numbered from 0."),
        N_("how long is it at this moment? Loop over the elements themselves where you can."),
        "",
        ("kind", "shape"),
    ),
    Entry(
        "unpacking",
        ("ValueError", "TypeError"),
        (
            r"too many values to unpack \(expected (?P<n_wanted>\d+)(?:, got (?P<n_got>\d+))?\)",
            r"not enough values to unpack \(expected (?:at least )?(?P<n_wanted>\d+), got (?P<n_got>\d+)\)",
            r"cannot unpack non-(?:iterable|sequence) (?P<kind>\w+) object",
        ),
        N_("On the left of `=` stand more or fewer names than there are values on the right."),
        N_(
            "print the type and length of the right side. A recurrent layer returns `output, state`, and for an LSTM "
            "the state is itself a pair."
        ),
        N_("Names: {wanted}; values: {got}."),
        ("kind", "shape"),
    ),
    Entry(
        "not-callable",
        ("TypeError",),
        (r"'(?P<kind>[\w.]+)' object is not callable",),
        N_("Round brackets call a function. What stands before them is {kind}, which is none."),
        N_(
            "is `*` missing before the bracket, are square brackets meant, or has a variable taken the name of a "
            "function?"
        ),
        "",
        ("kind",),
    ),
    Entry(
        "not-a-sequence",
        ("TypeError",),
        (
            r"'(?P<kind>[\w.]+)' object is not (?:subscriptable|iterable|an iterator)",
            r"object of type '(?P<kind>\w+)' has no len\(\)",
            r"'(?P<kind>[\w.]+)' object does not support item assignment",
        ),
        N_("{kind} has no elements: it cannot be indexed, counted or looped over (or not changed in this way)."),
        N_("what did you expect there, and where is it made? range(n) loops n times."),
        "",
        ("kind",),
    ),
    Entry(
        "operand-types",
        ("TypeError",),
        (
            r"unsupported operand type\(s\) for (?P<operator>\S+): '(?P<a>[\w.]+)' and '(?P<b>[\w.]+)'",
            r"can only concatenate (?P<a>\w+) \(not \"(?P<b>[\w.]+)\"\) to",
            r"can't multiply sequence by non-int of type '(?P<b>[\w.]+)'",
            r"'(?P<operator>[<>]=?)' not supported between instances of '(?P<a>[\w.]+)' and '(?P<b>[\w.]+)'",
        ),
        N_("This operator does not work between these two types."),
        N_("convert one of the two. Lists are joined by `+`, not added: torch.tensor makes a tensor of one."),
        N_("The two are {a} and {b}."),
        ("kind", "dtype"),
    ),
    Entry(
        "not-a-number",
        ("ValueError",),
        (
            r"invalid literal for int\(\) with base \d+: (?P<text>.+)",
            r"could not convert string to float: (?P<text>.+)",
        ),
        N_("The text {text} cannot be read as a number."),
        N_("where does the text come from, and what else does it hold?"),
        "",
        (),
    ),
    Entry(
        "unhashable",
        ("TypeError",),
        (r"unhashable type: '(?P<kind>[\w.]+)'",),
        N_("Keys of a dictionary and elements of a set must not change, and {kind} can."),
        N_("a tuple can stand for a list; of a tensor take a number (item()) or use its name."),
        "",
        (),
    ),
    Entry(
        "format-of-tensor",
        ("TypeError",),
        (r"unsupported format string passed to (?P<kind>\w+)\.__format__",),
        N_("{kind} knows no format such as `:.2f`; numbers do."),
        N_("take the number out first, `.item()`, if there is only one."),
        "",
        ("shape", "kind"),
    ),
)
