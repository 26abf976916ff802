"""Types of numbers that do not fit each other, or the operation."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

_INTEGERS = r"(?:Long|Int|Short|Byte|Char|Bool|UInt16|UInt32|UInt64)"

ENTRIES = (
    Entry(
        "layer-dtype",
        ("RuntimeError", "ValueError"),
        (
            r"Input type \((?P<t_input>[\w.: ]+)\) and (?:bias|weight) type \((?P<t_layer>[\w.: ]+)\) should be the "
            r"same",
            r"RNN input dtype \((?P<t_input>[\w.]+)\) does not match weight dtype \((?P<t_layer>[\w.]+)\)",
            r"input must have the type (?P<t_layer>[\w.]+), got type (?P<t_input>[\w.]+)",
            r"mixed dtype \(CPU\)",
        ),
        N_(
            "A layer computes in the dtype of its weights, and what goes in must have the same one. Layers are made "
            "in float32."
        ),
        N_(
            "convert the input where it is made, or the whole model (`.to(dtype)`), but not in between, layer by layer."
        ),
        N_("The input is {input}, the weights are {layer}."),
        ("dtype",),
    ),
    Entry(
        "product-dtype",
        ("RuntimeError",),
        (
            r"expected m1 and m2 to have the same dtype, but got: (?P<t_a>[\w: ]+?) != (?P<t_b>[\w: ]+)",
            r"mat1 and mat2 must have the same dtype, but got (?P<t_a>\w+) and (?P<t_b>\w+)",
            r"expected both vectors to have same dtype, but found (?P<t_a>\w+) and (?P<t_b>\w+)",
            r"Expected query, key, and value to have the same dtype, but got query\.dtype: (?P<t_a>[\w ]+?) "
            r"key\.dtype: (?P<t_b>[\w ]+?) and",
        ),
        N_("Products want the same dtype on both sides. Unlike `+` and `*`, they convert nothing by themselves."),
        N_(
            "where does the other dtype come from? NumPy makes float64, whole numbers make int64, layers have float32. "
            "Convert it there."
        ),
        N_("Here {a} meets {b}."),
        ("dtype",),
    ),
    Entry(
        "dtype-mismatch",
        ("RuntimeError",),
        (
            r"expected scalar type (?P<t_a>\w+) but found (?P<t_b>\w+)",
            r"expected dtype (?P<t_a>\w+) for `\w+` but got dtype (?P<t_b>\w+)",
            r"expected self and source to have same dtypes but got ?(?P<t_a>\w+) and (?P<t_b>\w+)",
        ),
        N_("The tensors that go into this operation must have the same dtype; it converts nothing by itself."),
        N_(
            "where does the other dtype come from? NumPy makes float64, whole numbers make int64, layers have float32. "
            "Convert it there."
        ),
        N_("Here {a} meets {b}."),
        ("dtype",),
    ),
    Entry(
        "write-dtype",
        ("RuntimeError",),
        (
            r"Index put requires the source and destination dtypes match, got (?P<t_own>\w+) for the destination "
            r"and (?P<t_other>\w+) for the source",
            r"Expected self\.dtype to be equal to src\.dtype",
        ),
        N_("Values are written into a tensor, which keeps its dtype; what is written must have the same one."),
        N_("convert one of the two with `.to(other.dtype)`."),
        N_("The tensor is {own}, what is written is {other}."),
        ("dtype",),
    ),
    Entry(
        "inplace-dtype",
        ("RuntimeError",),
        (r"result type (?P<t_result>\w+) can't be cast to the desired output type (?P<t_own>[\w ]+)",),
        N_(
            "An in-place operation (`+=`, `/=`, `add_`, …) writes its result into the tensor on the left, which keeps "
            "its dtype. The result would be cut off there, so torch refuses."
        ),
        N_("make the tensor floating point to begin with, or use the operation that makes a new tensor."),
        N_("The result is {result}, the tensor {own}."),
        ("dtype",),
    ),
    Entry(
        "float-needed-mean",
        ("RuntimeError",),
        (
            r"mean\(\): could not infer output dtype.*Got: (?P<t_own>\w+)",
            r"mean\(\): input dtype should be either floating point or complex dtypes\. Got (?P<t_own>\w+)",
            r"std and var only support floating point",
            r"Expected a floating point or complex tensor as input\. Got (?P<t_own>\w+)",
            r"only supports floating-point dtypes for input, got: (?P<t_own>\w+)",
        ),
        N_(
            "A mean, a deviation, a norm or a probability is no whole number, so torch does not compute it from whole "
            "numbers or truth values."
        ),
        N_("convert to floating point first, `.float()`. The result of a comparison is bool and needs that too."),
        "",
        ("dtype",),
    ),
    Entry(
        "bits-of-floats",
        ("RuntimeError", "TypeError"),
        (
            r"\"(?:bitwise|lshift|rshift)\w*\" not implemented for '(?P<t_own>\w+)'",
            r"~ \(operator\.invert\) is only implemented on integer and Boolean-type tensors",
        ),
        N_("`&`, `|`, `^` and `~` combine truth values or bits, not floating point numbers."),
        N_(
            "`&` binds more tightly than `<` and `==`: comparisons that it joins need parentheses, `(a > 0) & (a < 1)`."
        ),
        "",
        ("dtype",),
    ),
    Entry(
        "float-needed",
        ("RuntimeError",),
        (rf"\"(?P<operation>\w+)\" not implemented for '(?P<t_own>{_INTEGERS})'",),
        N_("This operation exists for floating point numbers only, and was given {own}."),
        N_(
            "which of the tensors should have been floating point from the start? `.float()` converts; `1.0` in place "
            "of `1` makes a float."
        ),
        "",
        ("dtype",),
    ),
    Entry(
        "dtype-not-supported",
        ("RuntimeError",),
        (
            r"\"(?P<operation>\w+)\" not implemented for '(?P<t_own>\w+)'",
            r"Low precision dtypes not supported\. Got (?P<t_own>\w+)",
        ),
        N_("This operation does not exist for {own} on this device. Half precision and complex numbers miss several."),
        N_("convert for this one step (`.float()`), and back afterwards if the result should be small."),
        "",
        ("dtype", "device"),
    ),
    Entry(
        "bool-minus",
        ("RuntimeError",),
        (r"(?:Subtraction|Negation), the `-` operator,.* bool tensor",),
        N_("Truth values cannot be subtracted or negated with `-`."),
        N_("`~mask` turns a mask around; to count with it, convert it first: `mask.float()`."),
        "",
        ("dtype",),
    ),
    Entry(
        "integer-gradient",
        ("RuntimeError",),
        (r"[Oo]nly Tensors of floating point (?:and complex )?dtype can require gradients",),
        N_(
            "A gradient says what a tiny change would do. Whole numbers know no tiny changes, so they can require no "
            "gradient, nor be parameters."
        ),
        N_("make the tensor from floats (`1.0`), or convert it before asking for a gradient."),
        "",
        ("dtype",),
    ),
    Entry(
        "embedding-dtype",
        ("RuntimeError",),
        (
            r"Expected tensor for argument #\d 'indices' to have one of the following scalar types: Long, Int; but "
            r"got (?P<t_own>[\w.]+)",
        ),
        N_("nn.Embedding looks up rows of a table by their number: what goes in are whole numbers (int64), not {own}."),
        N_("give it the token ids themselves, not one-hot vectors and not vectors that are already embedded."),
        "",
        ("shape", "dtype"),
    ),
    Entry(
        "one-hot-dtype",
        ("RuntimeError",),
        (r"one_hot is only applicable to index tensor",),
        N_("one_hot takes class numbers, that is whole numbers of dtype int64."),
        N_("convert the class numbers with `.long()` before, not after."),
        "",
        ("dtype",),
    ),
    Entry(
        "index-dtype",
        ("IndexError", "RuntimeError"),
        (
            r"tensors used as indices must be long",
            r"only integers, slices .* are valid indices",
            r"Expected dtype int\d+(?:/int\d+)? for index",
            r"index_select\(\): Expected dtype int",
        ),
        N_("Positions are whole numbers: an index of floating point type says nothing."),
        N_(
            "`//` divides without a remainder; argmax, randint and nonzero give int64 by themselves; `.long()` "
            "converts."
        ),
        "",
        ("dtype",),
    ),
    Entry(
        "mask-dtype",
        ("RuntimeError",),
        (
            r"masked_(?:fill|scatter|select)_?:? ?only supports bool\w* masks",
            r"masked_(?:fill|select)\w*.*expected BoolTensor",
        ),
        N_("A mask is made of truth values: dtype bool."),
        N_("make the mask by a comparison (`mask == 0`), or convert it with `.bool()`."),
        "",
        ("dtype",),
    ),
    Entry(
        "value-does-not-fit",
        ("RuntimeError",),
        (r"value cannot be converted to type (?P<kind>\w+) without overflow",),
        N_(
            "The number to be written does not exist in the tensor's dtype: whole numbers, for instance, know no "
            "infinity."
        ),
        N_("make the tensor floating point before you fill it."),
        "",
        ("dtype",),
    ),
    Entry(
        "no-tensor-of-that",
        ("RuntimeError", "TypeError"),
        (
            r"Could not infer dtype of (?P<kind>\w+)",
            r"new\(\): invalid data type '(?P<kind>\w+)'",
            r"can't convert np\.ndarray of type (?P<kind>numpy\.\w+)",
        ),
        N_("A tensor is made of numbers. There is no tensor of {kind}."),
        N_("what is in the list or array? One None or one text among the numbers is enough."),
        "",
        ("kind", "shape", "dtype"),
    ),
)
