"""Modules put together wrongly: attributes, parameters, calls, state dicts."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

_HOOKS = r"_(?:modules|parameters|buffers|non_persistent_buffers_set|(?:forward|backward)_(?:pre_)?hooks\w*)"

ENTRIES = (
    Entry(
        "super-init",
        ("AttributeError",),
        (
            r"cannot assign (?:module|parameter|buffer)s? before Module\.__init__\(\) call",
            rf"object has no attribute '{_HOOKS}'",
        ),
        N_(
            "nn.Module keeps lists of its parameters and submodules, which its own `__init__` creates. Your class has "
            "an `__init__` that does not call it first."
        ),
        N_("`super().__init__()` belongs on the first line of your `__init__`."),
        "",
        (),
    ),
    Entry(
        "parameter-plain",
        ("TypeError",),
        (
            r"cannot assign '(?P<kind>[\w.]+)'(?: object)? (?:as|to) parameter '(?P<name>\w+)'",
            r"cannot assign '(?P<kind>[\w.]+)'(?: object)? as parameter '(?P<name>\w+)'",
        ),
        N_(
            "`{name}` is registered as a parameter of this module, and so it may only be replaced by another "
            "nn.Parameter (or None)."
        ),
        N_(
            "wrap the new values in nn.Parameter, or write them into the existing one with copy_ under "
            "torch.no_grad(). A result of a computation needs another name."
        ),
        "",
        ("shape",),
    ),
    Entry(
        "module-plain",
        ("TypeError",),
        (r"cannot assign '(?P<kind>[\w.]+)'(?: object)? (?:as|to) (?:child module|buffer) '(?P<name>\w+)'",),
        N_(
            "`{name}` is registered as a submodule or buffer of this module, and may not be replaced by something of "
            "another kind."
        ),
        N_("give the result another name: `self.{name}` is taken by what was registered in `__init__`."),
        "",
        (),
    ),
    Entry(
        "not-a-module",
        ("TypeError",),
        (r"(?P<name>[\w.<>]+) is not a Module subclass",),
        N_("nn.Sequential and nn.ModuleList hold modules. They were given {name}."),
        N_(
            "nn.Sequential takes its modules one by one (`*layers` for a list), nn.ModuleList takes one list; "
            "functions have module twins: nn.ReLU() for F.relu."
        ),
        "",
        ("kind",),
    ),
    Entry(
        "list-called",
        ("RuntimeError",),
        (
            r"Module \[(?P<name>Module(?:List|Dict))\] is missing the required \"forward\" function",
            r"(?P<name>Parameter(?:List|Dict)) should not be called",
        ),
        N_("nn.{name} only holds its members, so that they are registered. It does not compute: it cannot be called."),
        N_("loop over its members and call them one after the other, or use nn.Sequential."),
        "",
        (),
    ),
    Entry(
        "no-forward",
        ("NotImplementedError",),
        (r"Module \[(?P<name>\w+)\] is missing the required \"forward\" function",),
        N_("Calling a module runs its method `forward`. {name} has none."),
        N_("is it spelled `forward`, and is it indented so that it stands inside the class?"),
        "",
        (),
    ),
    Entry(
        "call-missing",
        ("TypeError",),
        (r"(?P<name>[\w.<>]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (?P<arguments>.+)",),
        N_("A function was called with too few arguments: it also wants {arguments}."),
        N_(
            "compare the call with the `def` line of {name}. Calling a module hands its arguments to `forward`; "
            "`self` is filled in for you."
        ),
        "",
        (),
    ),
    Entry(
        "call-too-many",
        ("TypeError",),
        (
            r"(?P<name>[\w.<>]+)\(\) takes (?:from \d+ to )?(?P<n_wanted>\d+) positional arguments? but (?P<n_got>\d+) "
            r"(?:was|were) given",
        ),
        N_("A function was called with more arguments than it has places for. In a method, `self` counts as one."),
        N_("compare the call with the `def` line of {name}: is `self` missing there, or is an argument too many here?"),
        N_("It has {wanted} places, and {got} came."),
        (),
    ),
    Entry(
        "call-unexpected",
        ("TypeError",),
        (r"(?P<name>[\w.<>]+)\(\) got an unexpected keyword argument '(?P<argument>\w+)'",),
        N_("{name} knows no argument named `{argument}`."),
        N_("is it misspelled, or is it the argument of another function?"),
        "",
        (),
    ),
    Entry(
        "tuple-for-tensor",
        ("TypeError", "AttributeError"),
        (
            r"argument '(?:input|self|query|tensor)' \(position \d+\) must be Tensor, not (?P<kind>tuple|list)",
            r"'(?P<kind>tuple)' object has no attribute '\w+'",
        ),
        N_(
            "A tensor was expected, and a {kind} came. Recurrent layers and attention, for example, return a tuple: "
            "the output and something else."
        ),
        N_(
            "take the tuple apart where it is made: `output, state = self.rnn(x)`. A list of numbers becomes a tensor "
            "by torch.tensor, one of tensors by torch.stack."
        ),
        "",
        ("kind", "shape"),
    ),
    Entry(
        "none-for-tensor",
        ("TypeError",),
        (r"argument '\w+' \(position \d+\) must be Tensor, not NoneType",),
        N_("A tensor was expected, and None came."),
        N_(
            "a function without `return` gives None, and so do a gradient that was never computed and an argument "
            "that was left out."
        ),
        "",
        ("kind",),
    ),
    Entry(
        "argument-type",
        ("TypeError",),
        (
            r"(?P<name>\w+)\(\): argument '(?P<argument>\w+)'(?: \(position \d+\))? must be (?P<wanted>[\w ]+), "
            r"not (?P<got>[\w.]+)",
            r"(?P<name>\w+)\(\): argument '(?P<argument>\w+)' failed to unpack .* \"type must be (?P<wanted>[\w ]+), ?"
            r"but got (?P<got>\w+)\"",
            r"expected (?P<wanted>Tensor) as element \d+ in argument \d+, but got (?P<got>\w+)",
        ),
        N_("An argument has the wrong type: {wanted} was expected, and {got} came."),
        N_(
            "which of the arguments is it? Sizes and dimensions are whole numbers (`//`, not `/`); lists of tensors "
            "go in brackets."
        ),
        N_("It is the argument `{argument}` of {name}."),
        ("kind",),
    ),
    Entry(
        "argument-combination",
        ("TypeError",),
        (r"(?P<name>\w+)\(\) received an invalid combination of arguments - got (?P<got>\([^\n]*?\)), but expected",),
        N_("{name} can be called in several ways, and none of them fits these arguments: {got}."),
        N_(
            "compare with the signatures in the message; a name of an argument may be misspelled, or an argument "
            "stand in the wrong place."
        ),
        "",
        ("kind",),
    ),
    Entry(
        "state-dict-sizes",
        ("RuntimeError",),
        (
            r"size mismatch for (?P<key>[\w.]+): copying a param with shape torch\.Size\(\[(?P<s_saved>[^\]]*)\]\) "
            r"from "
            r"checkpoint, the shape in current model is torch\.Size\(\[(?P<s_own>[^\]]*)\]\)",
        ),
        N_("The saved parameters belong to a model of other sizes."),
        N_("build the model with the numbers (layers, channels, classes) it had when it was saved."),
        N_("`{key}` was saved with shape {saved}; here it has {own}."),
        (),
    ),
    Entry(
        "state-dict-keys",
        ("RuntimeError",),
        (
            r"Error\(s\) in loading state_dict for (?P<name>\w+).*?(?P<keys>(?:Missing|Unexpected) key\(s\) in "
            r"state_dict: .*?)\s*(?:\n|$)",
        ),
        N_(
            "Parameters are saved under the names of the attributes that hold them. Those of the file and those of "
            "this model differ."
        ),
        N_(
            "was an attribute renamed, or is there a prefix (`module.` comes from DistributedDataParallel)? Compare "
            "the keys of both."
        ),
        "{keys}",
        (),
    ),
    Entry(
        "state-dict-type",
        ("TypeError",),
        (r"Expected state_dict to be dict-like, got (?P<kind>.+?)\.?$",),
        N_("load_state_dict takes a dictionary of parameters, not {kind}."),
        N_("a whole model was saved, or handed over: its parameters are `model.state_dict()`."),
        "",
        (),
    ),
)
