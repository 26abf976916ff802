"""Gradients: graphs that are gone, cut or overwritten."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

ENTRIES = (
    Entry(
        "backward-twice",
        ("RuntimeError",),
        (r"Trying to backward through the graph a second time",),
        N_("backward() frees the graph that it has walked through. Here a part of it was walked through again."),
        N_(
            "is something computed before the loop and used in every step of it, or a hidden state carried on without "
            "detach()? Compute it anew in each step."
        ),
        "",
        ("grad",),
    ),
    Entry(
        "no-gradient",
        ("RuntimeError",),
        (
            r"element (?P<n_index>\d+) of tensors does not require grad and does not have a grad_fn",
            r"One of the differentiated Tensors does not require grad",
        ),
        N_(
            "A derivative was asked for of something that depends on nothing that requires a gradient: there is no "
            "graph to walk back."
        ),
        N_(
            "what cuts the graph between parameters and result? no_grad(), detach(), item(), numpy() and "
            "torch.tensor(…) of a tensor all do; argmax, round and comparisons have no gradient."
        ),
        "",
        ("grad", "shape"),
    ),
    Entry(
        "backward-not-scalar",
        ("RuntimeError",),
        (
            r"grad can be implicitly created only for scalar outputs",
            r"Expected .* to return a scalar [Tt]ensor",
            r"grad can be computed only for scalar outputs",
        ),
        N_("backward() starts at one number, the loss. Here it was called on a tensor with several."),
        N_("reduce the loss to one number first, by mean() or sum()."),
        "",
        ("shape",),
    ),
    Entry(
        "inplace-leaf",
        ("RuntimeError",),
        (r"leaf Variable that requires grad is being used in an in-place operation",),
        N_(
            "A parameter, or another tensor that requires a gradient from the start, was changed in place while "
            "autograd was watching. Its gradient would have no meaning any more."
        ),
        N_(
            "updates of parameters belong under `with torch.no_grad():`; anywhere else make a new tensor instead of "
            "`+=` or `x[i] = …`."
        ),
        "",
        ("grad",),
    ),
    Entry(
        "inplace-saved",
        ("RuntimeError",),
        (
            r"one of the variables needed for gradient computation has been modified by an inplace operation: "
            r"\[(?P<kind>[\w.]+) \[(?P<s_shape>[^\]]*)\]\],?(?: which)? is output \d+ of "
            r"(?P<operation>\w+?)(?:Backward\d*)?,",
            r"one of the variables needed for gradient computation has been modified by an inplace operation: "
            r"\[(?P<kind>[\w.]+) \[(?P<s_shape>[^\]]*)\]\]",
            r"one of the variables needed for gradient computation has been modified by an inplace operation",
        ),
        N_(
            "The backward pass needs values from the forward pass, and one of these was overwritten in place (`+=`, "
            "`x[i] = …`, `relu_`, or an optimizer's step) before backward() came to it."
        ),
        N_(
            "look for in-place changes after that operation, and make a new tensor there. Or does step() come before "
            "backward()?"
        ),
        N_("What was overwritten is the result of {operation}, of shape {shape}."),
        ("shape",),
    ),
    Entry(
        "inplace-view",
        ("RuntimeError",),
        (
            r"is a view and is being modified inplace",
            r"view was created in (?:no_grad|inference) mode and",
            r"Can't detach views in-?place",
        ),
        N_(
            "A view shares its memory with the tensor it was taken from. For views made in this way autograd cannot "
            "follow a change in place."
        ),
        N_("use the operation that makes a new tensor (`a = a + 1`), or clone() the view first."),
        "",
        ("shape", "grad"),
    ),
    Entry(
        "inference-tensor",
        ("RuntimeError",),
        (
            r"Inference tensors cannot be saved for backward",
            r"Inplace update to inference tensor",
            r"Setting requires_grad=True on inference tensor",
        ),
        N_("A tensor made under torch.inference_mode() can never take part in a computation with gradients."),
        N_("use torch.no_grad() there, or clone() the tensor outside of inference mode."),
        "",
        ("grad",),
    ),
    Entry(
        "unused-in-graph",
        ("RuntimeError",),
        (
            r"[Oo]ne of the differentiated Tensors appears to not have been used in the graph",
            r"differentiated Tensor at index (?P<n_index>\d+) appears to not have been used in the graph",
        ),
        N_("A derivative with respect to a tensor was asked for, but the result does not depend on that tensor."),
        N_(
            "is another tensor of that name used in the computation, a copy or a detached one? If it may be so, "
            "allow_unused=True gives None."
        ),
        N_("It is number {index} (from 0) of those asked for."),
        ("grad",),
    ),
    Entry(
        "requires-grad-of-result",
        ("RuntimeError",),
        (r"you can only change requires_grad flags of leaf variables",),
        N_(
            "requires_grad can be set on tensors that you made yourself. On a result it follows from what it was "
            "computed from."
        ),
        N_("detach() gives the same values cut off from the graph."),
        "",
        ("grad",),
    ),
    Entry(
        "deepcopy-of-result",
        ("RuntimeError",),
        (r"Only Tensors created explicitly by the user \(graph leaves\) support the deepcopy protocol",),
        N_(
            "deepcopy was to copy a tensor that is the result of a computation, together with a graph that cannot be "
            "copied."
        ),
        N_("does a module keep a result as an attribute (a loss, a hidden state)? Keep it detached: `.detach()`."),
        "",
        ("grad",),
    ),
    Entry(
        "gradient-shape",
        ("RuntimeError",),
        (
            r"Mismatch in shape: grad_output\[\d+\] has a shape of torch\.Size\(\[(?P<s_got>[^\]]*)\]\) and "
            r"output\[\d+\] has a shape of torch\.Size\(\[(?P<s_wanted>[^\]]*)\]\)",
            r"attempting to assign a gradient of size '\[(?P<s_got>[^\]]*)\]' to a tensor of size "
            r"'\[(?P<s_wanted>[^\]]*)\]'",
            r"assigned grad has data of a different size",
        ),
        N_("A gradient always has the shape of the tensor that it belongs to."),
        N_(
            "which of the two has the unexpected shape? Broadcasting in the forward pass must be summed away in the "
            "backward pass."
        ),
        N_("The tensor has shape {wanted}, the gradient {got}."),
        ("shape",),
    ),
    Entry(
        "gradient-dtype",
        ("RuntimeError",),
        (
            r"attempting to assign a gradient with dtype '(?P<t_got>[\w ]+)' to a tensor with (?:grad_dtype|dtype) "
            r"'(?P<t_wanted>[\w ]+)'",
            r"assigned grad has data of a different type",
        ),
        N_("A gradient has the dtype of the tensor that it belongs to."),
        N_("convert the gradient before you assign it."),
        N_("The tensor wants {wanted}, the gradient is {got}."),
        ("dtype",),
    ),
    Entry(
        "function-gradient-count",
        ("RuntimeError",),
        (
            r"function (?P<name>\w+) returned an incorrect number of gradients \(expected (?P<n_wanted>\d+), got "
            r"(?P<n_got>\d+)\)",
        ),
        N_(
            "The backward of an autograd.Function returns one gradient for each argument of its forward (without "
            "ctx), None where there is none."
        ),
        N_("count the arguments of `forward`, and what `backward` returns."),
        N_("Expected {wanted}, returned {got}."),
        (),
    ),
    Entry(
        "function-gradient-shape",
        ("RuntimeError",),
        (
            r"Function (?P<name>\w+) returned an invalid gradient at index (?P<n_index>\d+) - got "
            r"\[(?P<s_got>[^\]]*)\] "
            r"but expected shape compatible with \[(?P<s_wanted>[^\]]*)\]",
        ),
        N_("Each gradient that a backward returns has the shape of the argument that it belongs to."),
        N_("check the order in which `backward` returns its gradients, and where broadcasting must be summed away."),
        N_("For argument {index} (from 0) of shape {wanted} it returned {got}."),
        (),
    ),
    Entry(
        "function-form",
        ("RuntimeError",),
        (
            r"Legacy autograd function with non-static forward",
            r"You must implement either the backward or vjp method",
        ),
        N_(
            "An autograd.Function has two static methods, `forward(ctx, …)` and `backward(ctx, …)`, and is used by "
            "its `apply`."
        ),
        N_("is `@staticmethod` above both, are both spelled so, and do you call `Name.apply(…)` and not `Name()(…)`?"),
        "",
        (),
    ),
    Entry(
        "hook-without-gradient",
        ("RuntimeError",),
        (
            r"cannot register a hook on a tensor that doesn't require gradient",
            r"can't retain_grad on Tensor that has requires_grad=False",
        ),
        N_(
            "Gradients arrive only at tensors that require one. This one does not, so there is nothing to keep or to "
            "watch."
        ),
        N_("is the graph cut before it, or is requires_grad missing where the tensor is made?"),
        "",
        ("grad",),
    ),
    Entry(
        "numpy-with-gradient",
        ("RuntimeError",),
        (r"Can't call numpy\(\) on Tensor that requires grad",),
        N_(
            "NumPy knows no gradients: as an array the tensor would fall out of the graph without a word. torch wants "
            "you to say so."
        ),
        N_(
            "for looking and plotting: `x.detach().numpy()`. Inside a computation that is to be learned, stay with "
            "torch's functions."
        ),
        "",
        ("grad",),
    ),
    Entry(
        "item-in-vmap",
        ("RuntimeError",),
        (
            r"vmap: It looks like you're (?:calling \.item\(\)|attempting to use a Tensor in some data-dependent "
            r"control flow)",
        ),
        N_(
            "Under vmap one call stands for the whole batch, so no single value can be looked at: neither `.item()` "
            "nor `if`."
        ),
        N_("torch.where chooses between two results without `if`."),
        "",
        (),
    ),
)
