"""Numbers that an operation cannot take: probabilities, matrices, files."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

ENTRIES = (
    Entry(
        "bool-of-many",
        ("RuntimeError",),
        (r"Boolean value of Tensor with (?:more than one value|no values) is ambiguous",),
        N_("`if`, `and`, `or` and `not` want one truth value; a comparison of tensors gives one for each element."),
        N_("do you mean any() or all()? Element by element it is `&`, `|`, `~`, and torch.where in place of `if`."),
        "",
        ("shape",),
    ),
    Entry(
        "one-number",
        ("RuntimeError", "ValueError", "TypeError"),
        (
            r"a Tensor with (?P<n_count>\d+) elements cannot be converted to Scalar",
            r"only (?:one element tensors|integer tensors of a single element) can be converted to (?:Python "
            r"scalars|an index)",
            r"only (?:length-1 arrays|0-dimensional arrays) can be converted to Python scalars",
        ),
        N_(
            "One number was wanted (item(), float(), int(), torch.tensor of a list of tensors), and the tensor has "
            "several."
        ),
        N_("reduce it first (mean, sum, an index), or take tolist(). A list of tensors is joined by torch.stack."),
        "",
        ("shape",),
    ),
    Entry(
        "probabilities",
        ("RuntimeError",),
        (
            r"probability tensor contains either `?inf`?, `?nan`? or element < 0",
            r"invalid multinomial distribution",
            r"Expected p_in >= 0 && p_in <= 1",
        ),
        N_("Samples are drawn by probabilities: not negative, not all zero, and finite."),
        N_("are these logits, which softmax (or sigmoid) turns into probabilities? Or did NaN come up earlier?"),
        "",
        ("shape", "finite"),
    ),
    Entry(
        "sample-too-large",
        ("RuntimeError",),
        (r"cannot sample n_sample > prob_dist\.size\(-1\) samples without replacement",),
        N_("Without replacement each element is drawn at most once, and more were asked for than there are."),
        N_("draw fewer, or with replacement=True."),
        "",
        ("shape",),
    ),
    Entry(
        "distribution-parameter",
        ("ValueError", "RuntimeError"),
        (
            r"Expected parameter (?P<name>\w+) \(.*?\) of distribution (?P<distribution>\w+)\(.*"
            r"to satisfy the constraint (?P<constraint>[^,\n]+?), but found invalid values",
            r"normal expects all elements of (?P<name>std) >= 0",
        ),
        N_("A distribution was given parameters that it does not allow."),
        N_(
            "a scale must be positive (softplus or exp make it so), probabilities lie in [0, 1] and add up to 1, "
            "logits may be anything but NaN."
        ),
        N_("It is `{name}` of {distribution}; the condition is {constraint}."),
        ("shape", "finite"),
    ),
    Entry(
        "not-positive-definite",
        ("LinAlgError", "RuntimeError"),
        (r"linalg\.cholesky.*not positive-definite",),
        N_("The Cholesky decomposition exists for symmetric matrices whose eigenvalues are all positive."),
        N_(
            "is the matrix symmetric, and a covariance? Rounding may make an eigenvalue 0 or negative: a small "
            "multiple of the identity added to it helps."
        ),
        "",
        ("shape", "finite"),
    ),
    Entry(
        "singular-matrix",
        ("LinAlgError", "RuntimeError"),
        (r"input matrix is singular", r"The diagonal element \d+ is zero"),
        N_("The matrix has no inverse: one of its rows is a combination of the others."),
        N_(
            "where does it come from? Features that depend on each other are a usual cause; torch.linalg.lstsq and "
            "pinv live with them."
        ),
        "",
        ("shape", "finite"),
    ),
    Entry(
        "not-square",
        ("RuntimeError",),
        (r"must be batches of square matrices, but they are (?P<n_rows>\d+) by (?P<n_columns>\d+) matrices",),
        N_("This decomposition exists for square matrices only."),
        N_("is the product missing that makes it square (`x.T @ x`), or is it the wrong tensor?"),
        N_("It has {rows} rows and {columns} columns."),
        ("shape",),
    ),
    Entry(
        "no-convergence",
        ("LinAlgError", "RuntimeError"),
        (r"The algorithm failed to converge",),
        N_(
            "A decomposition that works step by step did not come to an end, nearly always because the matrix holds "
            "NaN or infinite values."
        ),
        N_("where did the first value that is not finite come up?"),
        "",
        ("shape", "finite"),
    ),
    Entry(
        "weights-only",
        ("UnpicklingError",),
        (r"Weights only load failed",),
        N_(
            "Since torch 2.6 torch.load reads tensors and plain data only, because a pickled object can run code "
            "while it is read. This file holds something else."
        ),
        N_(
            "save `model.state_dict()` rather than the model. weights_only=False is for files that you trust "
            "completely."
        ),
        "",
        (),
    ),
    Entry(
        "file-missing",
        ("FileNotFoundError",),
        (r"No such file or directory: (?P<name>.+)",),
        N_("There is no file {name}."),
        N_(
            "relative paths begin where the program runs, which here is an empty folder: your file runs confined, "
            "without your other files."
        ),
        "",
        (),
    ),
)
