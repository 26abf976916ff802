"""What losses say of inputs and targets that do not fit each other."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

_CLASSES = r"cross_entropy|CrossEntropyLoss|nll_loss|NLLLoss"
_BINARY = r"binary_cross_entropy|BCE"

ENTRIES = (
    Entry(
        "class-target-dtype",
        ("RuntimeError",),
        (
            r"expected target dtype to be Long(?: or Byte)?, but got (?P<t_target>\w+)",
            r"\"nll_loss\w*\" not implemented for '(?P<t_target>\w+)'",
        ),
        N_(
            "cross_entropy takes the true class of each sample as its number: whole numbers of dtype int64, not "
            "{target}."
        ),
        N_(
            "where is the target made? Convert it there with `.long()`, if it holds class numbers. Probabilities "
            "would have the shape of the logits."
        ),
        "",
        ("dtype", "shape"),
    ),
    Entry(
        "class-target-dtype",
        ("RuntimeError",),
        (r"expected scalar type Long but found (?P<t_target>\w+)",),
        N_(
            "cross_entropy takes the true class of each sample as its number: whole numbers of dtype int64, not "
            "{target}."
        ),
        N_(
            "where is the target made? Convert it there with `.long()`, if it holds class numbers. Probabilities "
            "would have the shape of the logits."
        ),
        "",
        ("dtype", "shape"),
        where=_CLASSES,
    ),
    Entry(
        "class-out-of-range",
        ("IndexError",),
        (r"Target (?P<n_target>-?\d+) is out of bounds",),
        N_("The target holds class number {target}. With C columns of logits the classes are numbered 0 to C - 1."),
        N_(
            "do your classes begin at 1? Has the last layer as many outputs as there are classes? Is the class "
            "dimension the second one?"
        ),
        "",
        ("shape",),
    ),
    Entry(
        "class-target-shape",
        ("RuntimeError",),
        (
            r"multi-target not supported",
            r"Expected target size \[(?P<s_wanted>[^\]]*)\], got \[(?P<s_got>[^\]]*)\]",
            r"only batches of spatial targets supported",
            r"Expected target to be 0D when input is 1D",
        ),
        N_(
            "cross_entropy takes logits (N, C) with one class number for each sample, a target of shape (N,). With "
            "further dimensions, (N, C, d) and (N, d): the classes always lie in dimension 1."
        ),
        N_(
            "has the target a dimension too many (squeeze), or are the logits (N, d, C) where (N, C, d) is wanted "
            "(transpose)?"
        ),
        N_("The target should have shape {wanted}, and has {got}."),
        ("shape",),
    ),
    Entry(
        "one-hot-target",
        ("RuntimeError",),
        (r"Expected floating point type for target with class probabilities, got (?P<t_target>\w+)",),
        N_(
            "The target has the shape of the logits, so cross_entropy takes it for probabilities of the classes, and "
            "those are floating point numbers, not {target}."
        ),
        N_(
            "if these are one-hot vectors, give the class numbers instead (argmax over the classes), or convert to "
            "float."
        ),
        "",
        ("shape", "dtype"),
    ),
    Entry(
        "batch-sizes",
        ("ValueError", "RuntimeError"),
        (
            r"Expected input batch_size \((?P<n_input>\d+)\) to match target batch_size \((?P<n_target>\d+)\)",
            r"size mismatch \(got input: \[(?P<n_input>\d+)[^\]]*\], target: \[(?P<n_target>\d+)[^\]]*\]\)",
            r"For 1D input, 1D target must have size 1, but got target size: (?P<n_target>\d+)",
        ),
        N_("The loss compares sample by sample, so input and target must hold equally many."),
        N_(
            "a view or reshape with -1 that takes the batch dimension along is the usual cause; flatten(1) leaves it "
            "alone."
        ),
        N_("The input holds {input} samples, the target {target}."),
        ("shape",),
    ),
    Entry(
        "class-weight",
        ("RuntimeError",),
        (
            r"weight tensor should be defined either for all (?:(?P<n_classes>\d+) classes )?or no classes"
            r"(?:.*shape: \[(?P<s_weight>[^\]]*)\])?",
        ),
        N_("`weight` holds one number for each class."),
        N_("compare its length with the number of columns of the logits."),
        N_("There are {classes} classes; the weight has shape {weight}."),
        ("shape",),
    ),
    Entry(
        "binary-target-size",
        ("ValueError",),
        (
            r"Target size \(torch\.Size\(\[(?P<s_target>[^\]]*)\]\)\) must be the same as "
            r"input size \(torch\.Size\(\[(?P<s_input>[^\]]*)\]\)\)",
            r"Using a target size \(torch\.Size\(\[(?P<s_target>[^\]]*)\]\)\) that is different to the "
            r"input size \(torch\.Size\(\[(?P<s_input>[^\]]*)\]\)\)",
        ),
        N_("Binary cross entropy compares element by element, so input and target must have the same shape."),
        N_(
            "a last layer with one output gives (N, 1), labels mostly come as (N,): squeeze(1) the one or "
            "unsqueeze(1) the other."
        ),
        N_("The input has shape {input}, the target {target}."),
        ("shape",),
    ),
    Entry(
        "binary-target-dtype",
        ("RuntimeError",),
        (
            r"result type (?P<t_input>\w+) can't be cast to the desired output type (?P<t_target>[\w ]+)",
            r"Found dtype (?P<t_target>\w+) but expected (?P<t_input>\w+)",
        ),
        N_("Binary cross entropy takes targets between 0 and 1, as floating point numbers of the input's dtype."),
        N_("labels come as whole numbers or truth values: convert them where they are made (`.float()`)."),
        N_("The input is {input}, the target {target}."),
        ("dtype",),
        where=_BINARY,
    ),
    Entry(
        "loss-dtype",
        ("RuntimeError",),
        (r"Found dtype (?P<t_target>\w+) but expected (?P<t_input>\w+)",),
        N_(
            "What a loss compares must have one and the same floating point dtype. Some losses notice only in the "
            "backward pass."
        ),
        N_("convert the target to the dtype of the input where it is made: NumPy gives float64, labels are int64."),
        N_("Here {input} meets {target}."),
        ("dtype",),
    ),
    Entry(
        "binary-range",
        ("RuntimeError",),
        (r"all elements of (?:input|target) should be between 0 and 1",),
        N_("binary_cross_entropy takes probabilities, so every value must lie between 0 and 1. NaN lies nowhere."),
        N_("is a sigmoid missing? The variant that takes logits (…with_logits) contains it, and is the stable one."),
        "",
        ("finite", "shape"),
    ),
    Entry(
        "one-hot-range",
        ("RuntimeError",),
        (r"Class values must be (?:smaller than num_classes|non-negative)",),
        N_("one_hot with num_classes = C takes the class numbers 0 to C - 1."),
        N_("do your classes begin at 1, or is one of them marked by a negative number?"),
        "",
        ("shape",),
    ),
)
