"""Dimensions: joining along them, naming them, indexing into them, the letters of einsum."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

ENTRIES = (
    Entry(
        "stack-sizes",
        ("RuntimeError",),
        (
            r"stack expects each tensor to be equal size, but got \[(?P<s_a>[^\]]*)\] at entry \d+ "
            r"and \[(?P<s_b>[^\]]*)\] at entry (?P<n_index>\d+)",
        ),
        N_("torch.stack puts tensors of one and the same shape side by side along a new dimension."),
        N_(
            "where do the tensors of the list get different shapes? To join them along a dimension that exists, use "
            "torch.cat."
        ),
        N_("The first has shape {a}, number {index} has shape {b}."),
        ("shape",),
    ),
    Entry(
        "cat-sizes",
        ("RuntimeError",),
        (
            r"Sizes of tensors must match except in dimension (?P<n_dim>\d+)\. Expected size (?P<n_a>\d+) "
            r"but got size (?P<n_b>\d+) for tensor number (?P<n_index>\d+)",
        ),
        N_("torch.cat joins tensors along one dimension, dim. In all other dimensions their sizes must be equal."),
        N_(
            "is dim the dimension along which you want to join? If it is, which tensor has the wrong size in the "
            "others?"
        ),
        N_("Joined along dimension {dim}, tensor number {index} has size {b} where the first has {a}."),
        ("shape",),
    ),
    Entry(
        "cat-dimensions",
        ("RuntimeError",),
        (
            r"Tensors must have same number of dimensions: got (?P<n_a>\d+) and (?P<n_b>\d+)",
            r"zero-dimensional tensor \(at position \d+\) cannot be concatenated",
        ),
        N_(
            "torch.cat joins tensors along a dimension that all of them have: they need the same number of "
            "dimensions, at least one."
        ),
        N_(
            "unsqueeze adds a dimension of size 1; torch.stack makes a new one, also from single numbers (tensors of "
            "shape ())."
        ),
        N_("Their numbers of dimensions are {a} and {b}."),
        ("shape",),
    ),
    Entry(
        "join-nothing",
        ("RuntimeError", "ValueError"),
        (r"expected a non-empty list of Tensors", r"stack expects a non-empty TensorList"),
        N_("torch.cat and torch.stack were given an empty list: there is nothing to join."),
        N_("why is the list empty? A loop that never ran, or a condition that never held, is the usual cause."),
        "",
        ("shape", "kind"),
    ),
    Entry(
        "dim-range",
        ("IndexError",),
        (
            r"Dimension out of range \(expected to be in range of \[(?P<n_low>-?\d+), (?P<n_high>-?\d+)\], "
            r"but got (?P<n_dim>-?\d+)\)",
        ),
        N_("Dimensions are numbered from 0, or from -1 backwards. The tensor has fewer than the one asked for."),
        N_(
            "print the shape before this line. Perhaps a dimension is gone (squeeze, an index, a sum without "
            "keepdim), or was never there."
        ),
        N_("Dimension {dim} was asked for; here {low} to {high} exist."),
        ("shape",),
    ),
    Entry(
        "permute-count",
        ("RuntimeError",),
        (r"input\.dim\(\) = (?P<n_a>\d+) is not equal to len\(dims\) = (?P<n_b>\d+)",),
        N_("permute wants every dimension of the tensor once, in the new order."),
        N_("count the dimensions of the tensor, and name each of them."),
        N_("The tensor has {a} dimensions, and {b} were named."),
        ("shape",),
    ),
    Entry(
        "too-many-indices",
        ("IndexError",),
        (
            r"too many indices for tensor of dimension (?P<n_count>\d+)",
            r"too many indices for array: array is (?P<n_count>\d+)-dimensional",
        ),
        N_("There are more indices in the brackets than the tensor has dimensions."),
        N_("print the shape before this line: which dimension did you expect that is not there?"),
        N_("Dimensions that it has: {count}."),
        ("shape",),
    ),
    Entry(
        "index-of-scalar",
        ("IndexError", "TypeError"),
        (r"invalid index of a 0-dim tensor", r"iteration over a 0-d tensor", r"len\(\) of a 0-d tensor"),
        N_("A tensor of shape () is a single number: it has no elements to index, to count or to loop over."),
        N_("was a loss or another mean taken too early? `.item()` gives the number itself."),
        "",
        ("shape",),
    ),
    Entry(
        "mask-shape",
        ("IndexError",),
        (
            r"The shape of the mask \[(?P<s_mask>[^\]]*)\] at index \d+ does not match "
            r"the shape of the indexed tensor \[(?P<s_own>[^\]]*)\]",
        ),
        N_(
            "A mask picks elements by True and False, one for each element (or each row): its shape must be that of "
            "the tensor, from the left."
        ),
        N_("from which tensor was the mask made? Compare its shape with that of the tensor it is used on."),
        N_("The mask has shape {mask}, the tensor {own}."),
        ("shape",),
    ),
    Entry(
        "index-shapes",
        ("IndexError",),
        (r"shape mismatch: indexing tensors could not be broadcast together with shapes (?P<shapes>[\[\]\d, ]+)",),
        N_(
            "Several tensors in one pair of brackets are read together, position by position, so their shapes must "
            "fit each other."
        ),
        N_(
            "for all combinations of rows and columns, index in two steps, or give one of the tensors a further "
            "dimension."
        ),
        N_("The shapes of the indices: {shapes}."),
        ("shape",),
    ),
    Entry(
        "index-range",
        ("IndexError",),
        (r"index (?P<n_index>-?\d+) is out of bounds for (?:dimension|axis) (?P<n_dim>\d+) with size (?P<n_size>\d+)",),
        N_("Positions are numbered from 0, so the last one in a dimension of size n is n - 1."),
        N_("is the loop one step too long, or the index meant for another dimension?"),
        N_("Position {index} was asked for in dimension {dim}, which has size {size}."),
        ("shape",),
    ),
    Entry(
        "negative-step",
        ("ValueError",),
        (r"step must be greater than zero", r"negative step not yet supported"),
        N_("A tensor cannot be sliced backwards: unlike lists, tensors know no negative step."),
        N_("torch.flip turns a tensor around along the dimensions you name."),
        "",
        ("shape",),
    ),
    Entry(
        "einsum-size",
        ("RuntimeError",),
        (
            r"einsum\(\): subscript (?P<letter>\w) has size (?P<n_b>\d+) for operand (?P<n_operand>\d+) "
            r"which does not broadcast with previously seen size (?P<n_a>\d+)",
        ),
        N_("In einsum one letter stands for one size, wherever it appears."),
        N_("compare the letters of the equation with the shapes, one operand after the other."),
        N_("The letter {letter} stood for {a} first; in operand {operand} (from 0) it stands for {b}."),
        ("shape",),
    ),
    Entry(
        "einsum-letters",
        ("RuntimeError",),
        (
            r"einsum\(\): the number of subscripts in the equation \((?P<n_a>\d+)\) (?:does not match|is more than) "
            r"the number of dimensions \((?P<n_b>\d+)\) for operand (?P<n_operand>\d+)",
        ),
        N_("In einsum every dimension of an operand needs a letter of its own."),
        N_("compare the letters of the equation with the shapes, one operand after the other."),
        N_("Operand {operand} (from 0) has {b} dimensions and {a} letters."),
        ("shape",),
    ),
    Entry(
        "einsum-equation",
        ("RuntimeError",),
        (
            r"einsum\(\): (?:fewer|more) operands were provided than specified",
            r"einsum\(\): output subscript .* does not appear in the equation",
            r"einsum\(\): invalid subscript",
            r"einsum\(\): (?:found|expected) .*(?:'->'|subscript|ellipsis)",
        ),
        N_(
            "The equation of an einsum lists the letters of each operand, separated by commas, then `->` and the "
            "letters of the result, each of which must appear on the left."
        ),
        N_("count the operands and the commas, and look for a letter of the result that no operand has."),
        "",
        ("shape",),
    ),
    Entry(
        "split-sizes",
        ("RuntimeError",),
        (
            r"split_with_sizes expects split_sizes to sum exactly to (?P<n_total>\d+) .*"
            r"got split_sizes=(?P<parts>\[[^\]]*\])",
        ),
        N_("split with a list of sizes cuts a dimension into these pieces: together they must make up the whole."),
        N_("add the sizes up. Is `dim` the dimension you mean to cut?"),
        N_("The dimension has size {total}; the pieces are {parts}."),
        ("shape",),
    ),
)
