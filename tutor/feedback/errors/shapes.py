"""Sizes that do not fit: products, broadcasting, reshaping."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tutor.feedback.errors.entry import N_, Entry, Fields, sizes


def _inner(fields: Fields) -> Fields:
    left, right = sizes(fields["left"]), sizes(fields["right"])
    return {**fields, "inner_left": str(left[-1]), "inner_right": str(right[0])}


def _batches(fields: Fields) -> Fields:
    wanted, got = sizes(fields["wanted"]), sizes(fields["got"])
    return {
        **fields,
        "batch_left": str(wanted[0]),
        "batch_right": str(got[0]),
        "inner_left": str(wanted[1]),
        "inner_right": str(got[1]),
    }


def _which_of_a_batch(fields: Mapping[str, str]) -> str:
    if fields["batch_left"] != fields["batch_right"]:
        return N_("The left batch holds {batch_left} matrices, the right one {batch_right}.")
    return N_("The inner sizes are {inner_left} and {inner_right}.")


def _asked(fields: Fields) -> Fields:
    asked = sizes(fields["asked"])
    return {**fields, "product": str(math.prod(size for size in asked if size != -1))}


def _how_many(fields: Mapping[str, str]) -> str:
    if "-1" in fields["asked"]:
        return N_("There are {count} elements, which is no multiple of {product}.")
    return N_("There are {count} elements; the shape {asked} has room for {product}.")


ENTRIES = (
    Entry(
        "matmul-shapes",
        ("RuntimeError", "ValueError"),
        (
            r"mat1 and mat2 shapes cannot be multiplied \((?P<s_left>\d+x\d+) and (?P<s_right>\d+x\d+)\)",
            r"size mismatch, got input \(\d+\), mat \((?P<s_left>\d+x\d+)\), vec \((?P<s_right>\d+)\)",
        ),
        N_(
            "A matrix product pairs each row of the left factor with each column of the right one: the last size of "
            "the left factor and the first of the right one must be equal."
        ),
        N_(
            "are the factors in the right order, and must one of them be transposed? In nn.Linear it is in_features "
            "that must equal the last size of what goes in."
        ),
        N_("Here {left} meets {right}: the inner sizes {inner_left} and {inner_right} must agree."),
        ("shape",),
        _inner,
    ),
    Entry(
        "dot-sizes",
        ("RuntimeError",),
        (r"inconsistent tensor size, expected tensor \[(?P<n_a>\d+)\] and src \[(?P<n_b>\d+)\]",),
        N_("The dot product of two vectors pairs their elements one by one, so both must have the same length."),
        N_("which of the two vectors has the wrong length, and where was it made?"),
        N_("The lengths are {a} and {b}."),
        ("shape",),
    ),
    Entry(
        "bmm-batch",
        ("RuntimeError",),
        (
            r"Expected size for first two dimensions of batch2 tensor to be: "
            r"\[(?P<s_wanted>\d+, \d+)\] but got: \[(?P<s_got>\d+, \d+)\]",
        ),
        N_(
            "Two batches of matrices are multiplied pair by pair: both must hold the same number of matrices, and in "
            "each pair the inner sizes must agree, (B, n, m) with (B, m, p)."
        ),
        N_("compare both shapes with (B, n, m) and (B, m, p). transpose(-2, -1) swaps the last two dimensions."),
        _which_of_a_batch,
        ("shape",),
        _batches,
    ),
    Entry(
        "matmul-dimensions",
        ("RuntimeError",),
        (
            r"(?:self|mat1|mat2|input) must be a matrix",
            r"batch[12] must be a 3D tensor",
            r"1D tensors expected, but got",
            r"both arguments to matmul need to be at least 1D",
            r"vec?tor \+ matrix @ vec?tor expected",
        ),
        N_(
            "This product takes tensors with one particular number of dimensions: torch.dot two vectors, torch.mm two "
            "matrices, torch.bmm two batches of matrices."
        ),
        N_("how many dimensions do your tensors have here? The operator @ (torch.matmul) takes batches as well."),
        "",
        ("shape",),
    ),
    Entry(
        "broadcasting",
        ("RuntimeError",),
        (
            r"The size of tensor a \((?P<n_a>\d+)\) must match the size of tensor b \((?P<n_b>\d+)\) "
            r"at non-singleton dimension (?P<n_dim>\d+)",
        ),
        N_(
            "Shapes are lined up at their last dimension. In each place the two sizes must be equal, or one of them "
            "must be 1 (it is then repeated)."
        ),
        N_(
            "write the two shapes one above the other, aligned on the right. Is a dimension missing (unsqueeze, "
            "keepdim=True), is there one too many, or are two swapped?"
        ),
        N_("In dimension {dim} the sizes are {a} and {b}."),
        ("shape",),
    ),
    Entry(
        "broadcasting-numpy",
        ("ValueError",),
        (r"operands could not be broadcast together with shapes (?P<shapes>\([\d,]*\) \([\d,]*\))",),
        N_(
            "Shapes are lined up at their last dimension. In each place the two sizes must be equal, or one of them "
            "must be 1 (it is then repeated)."
        ),
        N_(
            "write the two shapes one above the other, aligned on the right. Is a dimension missing (unsqueeze, "
            "keepdim=True), is there one too many, or are two swapped?"
        ),
        N_("The shapes of the two NumPy arrays are {shapes}."),
        ("shape",),
    ),
    Entry(
        "expand",
        ("RuntimeError",),
        (
            r"The expanded size of the tensor \((?P<n_a>\d+)\) must match the existing size \((?P<n_b>\d+)\) at "
            r"non-singleton dimension \d+\.\s+Target sizes: \[(?P<s_target>[^\]]*)\]\.\s+"
            r"Tensor sizes: \[(?P<s_own>[^\]]*)\]",
            r"shape mismatch: value tensor of shape \[(?P<s_own>[^\]]*)\] cannot be broadcast to "
            r"indexing result of shape \[(?P<s_target>[^\]]*)\]",
        ),
        N_(
            "A tensor was to be stretched to a larger shape, or written into a place of another shape. Only sizes of "
            "1 can be stretched."
        ),
        N_("compare the two shapes from the right: which size should have been 1, or equal?"),
        N_("The shape {own} does not fit into {target}."),
        ("shape",),
    ),
    Entry(
        "inplace-shape",
        ("RuntimeError",),
        (r"output with shape \[(?P<s_own>[^\]]*)\] doesn't match the broadcast shape \[(?P<s_result>[^\]]*)\]",),
        N_(
            "An in-place operation (`+=`, `add_`, …) writes its result into the tensor on the left, which keeps its "
            "shape. The result is larger than that."
        ),
        N_(
            "use the operation that makes a new tensor (`x = x + y`), or bring the other tensor to the shape of this "
            "one."
        ),
        N_("The tensor has shape {own}, the result {result}."),
        ("shape",),
    ),
    Entry(
        "view-contiguous",
        ("RuntimeError",),
        (r"view size is not compatible with input tensor's size and stride",),
        N_(
            "`view` gives the same memory another shape. After transpose, permute or slicing the elements no longer "
            "lie in memory in the order in which the tensor is read, so no view of that shape exists."
        ),
        N_(
            "`reshape` copies where it has to. But ask first whether you want that order: neither view nor reshape "
            "swaps dimensions, permute does."
        ),
        "",
        ("shape",),
    ),
    Entry(
        "reshape-size",
        ("RuntimeError",),
        (r"shape '(?P<s_asked>\[[^\]]*\])' is invalid for input of size (?P<n_count>\d+)",),
        N_("Reshaping keeps every element, so the product of the new sizes must be the number of elements."),
        N_(
            "which of the sizes is not what you thought? A forgotten batch dimension is a common cause; -1 stands for "
            "'whatever is left'."
        ),
        _how_many,
        ("shape",),
        _asked,
    ),
    Entry(
        "reshape-infer",
        ("RuntimeError",),
        (
            r"only one dimension can be inferred",
            r"because the unspecified dimension size -1 can be any value",
        ),
        N_(
            "-1 in a shape stands for 'whatever is left'. That can be worked out for one dimension only, and not "
            "where a size is 0."
        ),
        N_("write out all sizes but one."),
        "",
        ("shape",),
    ),
    Entry(
        "negative-size",
        ("RuntimeError",),
        (r"Trying to create tensor with negative dimension", r"Dimension size must be non-negative"),
        N_("A tensor was to be made with a negative size."),
        N_("a size is computed somewhere by subtraction: which of the numbers is not what you thought?"),
        "",
        (),
    ),
    Entry(
        "ragged-list",
        ("ValueError",),
        (
            r"expected sequence of length (?P<n_a>\d+) at dim (?P<n_dim>\d+) \(got (?P<n_b>\d+)\)",
            r"setting an array element with a sequence",
        ),
        N_("A tensor is a rectangle: every row must have the same length."),
        N_(
            "find the row of another length, or pad the rows (torch.nn.utils.rnn.pad_sequence) and remember what is "
            "padding."
        ),
        "",
        ("kind",),
    ),
    Entry(
        "topk-range",
        ("RuntimeError",),
        (r"selected index k out of range",),
        N_("More of the largest elements were asked for than the dimension has."),
        N_("compare k with the size of the dimension. Is dim the right one?"),
        "",
        ("shape",),
    ),
    Entry(
        "reduce-nothing",
        ("RuntimeError", "IndexError"),
        (
            r"Expected reduction dim to be specified for input\.numel\(\) == 0",
            r"Expected reduction dim -?\d+ to have non-zero size",
        ),
        N_("The largest or smallest element of an empty tensor was asked for: there is none."),
        N_("why is the tensor empty? Often a mask picked nothing."),
        "",
        ("shape",),
    ),
)
