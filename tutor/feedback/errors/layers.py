"""Layers that were given something of another size than they were made for."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

ENTRIES = (
    Entry(
        "one-value-per-channel",
        ("ValueError",),
        (
            r"Expected more than 1 value per channel when training, got input size "
            r"torch\.Size\(\[(?P<s_input>[^\]]*)\]\)",
            r"Expected more than 1 spatial element when training, got input size "
            r"torch\.Size\(\[(?P<s_input>[^\]]*)\]\)",
        ),
        N_(
            "In training mode this normalisation computes mean and variance of each channel from the batch itself. "
            "From a single value there is no variance."
        ),
        N_(
            "use batches of at least two (the last one of a DataLoader may be smaller: drop_last), or eval() when you "
            "do not train."
        ),
        N_("The input has shape {input}."),
        ("shape",),
    ),
    Entry(
        "layer-dimensions",
        ("ValueError", "RuntimeError"),
        (
            r"expected (?P<wanted>\d[^ ]*(?: or \d[^ ]*)?) input \(got (?P<got>\d+D) input\)",
            r"Expected (?P<wanted>\dD \(unbatched\) or \dD \(batched\)) input to \w+, "
            r"but got input of size: \[(?P<s_got>[^\]]*)\]",
            r"Expected input to be (?P<wanted>\dD or \dD), got (?P<got>\d+D)",
            r"Only 3D, 4D and 5D input Tensors supported \(got (?P<got>\d+D)\)",
        ),
        N_(
            "This layer takes inputs with a particular number of dimensions. For a convolution these are batch, "
            "channels, and then length, or height and width."
        ),
        N_(
            "print the shape before this line. Has a dimension been flattened away, or is the one for batch or "
            "channels missing?"
        ),
        N_("Wanted: {wanted}. What came: {got}."),
        ("shape",),
    ),
    Entry(
        "conv-channels",
        ("RuntimeError",),
        (
            r"weight of size \[(?P<s_weight>[^\]]*)\], expected input\[(?P<s_input>[^\]]*)\] to have (?P<n_wanted>\d+) "
            r"channels, but got (?P<n_got>\d+) channels instead",
        ),
        N_(
            "A convolution is made for a fixed number of input channels. The channels lie in the dimension after the "
            "batch: (N, C, …)."
        ),
        N_("must in_channels be another number, or do the channels of the input lie in another dimension (permute)?"),
        N_("The input has shape {input}. Channels: {got}; expected: {wanted}."),
        ("shape",),
    ),
    Entry(
        "norm-features",
        ("RuntimeError",),
        (
            r"(?:running_mean|running_var|weight|bias) should contain (?P<n_got>\d+) elements not (?P<n_wanted>\d+)",
            r"Expected (?:weight|bias) to be a vector of size equal to the number of channels in input",
        ),
        N_(
            "The normalisation was made for another number of channels than its input has. The channels are dimension "
            "1."
        ),
        N_("compare the number given to the layer when it was made with the size of dimension 1 of its input."),
        N_("The layer has {wanted} channels, its input {got}."),
        ("shape",),
    ),
    Entry(
        "norm-shape",
        ("RuntimeError",),
        (
            r"Given normalized_shape=\[(?P<s_wanted>[^\]]*)\], expected input with shape .*?"
            r"but got input of size\[(?P<s_got>[^\]]*)\]",
        ),
        N_("LayerNorm normalises over the last dimensions, and these must be as large as normalized_shape says."),
        N_("which size should the last dimension have here? Compare it with what the layer was made for."),
        N_("normalized_shape is {wanted}, the input has shape {got}."),
        ("shape",),
    ),
    Entry(
        "groups-divide",
        ("ValueError", "RuntimeError"),
        (
            r"num_channels (?:\(\d+\) )?must be divisible by num_groups",
            r"number of channels in input to be divisible by num_groups",
            r"(?:in|out)_channels must be divisible by groups",
        ),
        N_(
            "The channels are divided into groups of equal size, so their number must be divisible by the number of "
            "groups."
        ),
        N_("choose a number of groups that divides the number of channels."),
        "",
        ("shape",),
    ),
    Entry(
        "kernel-too-large",
        ("RuntimeError",),
        (
            r"Kernel size can't be greater than actual input size",
            r"Output size is too small",
        ),
        N_(
            "Nothing is left of the picture (or sequence): each convolution without padding and each pooling makes it "
            "smaller, and this one is larger than it."
        ),
        N_("follow height and width from layer to layer; fewer poolings, padding or a larger input keep something."),
        "",
        ("shape",),
    ),
    Entry(
        "rnn-input-size",
        ("RuntimeError",),
        (
            r"input\.size\(-1\) must be equal to input_size\. Expected (?P<n_wanted>\d+), got (?P<n_got>\d+)",
            r"input has inconsistent input_size: got (?P<n_got>\d+),? expected (?P<n_wanted>\d+)",
        ),
        N_("The last dimension of a recurrent layer's input holds the features; its size is the layer's input_size."),
        N_(
            "compare input_size with the last dimension; batch_first decides on the order of the two before it, not "
            "on this one."
        ),
        N_("input_size is {wanted}, the input has {got} features."),
        ("shape",),
    ),
    Entry(
        "rnn-hidden-size",
        ("RuntimeError",),
        (
            r"Expected hidden(?:\[\d\])? size \((?P<s_wanted>[^)]*)\), got \[(?P<s_got>[^\]]*)\]",
            r"hx (?:and cx )?should also be",
        ),
        N_(
            "The hidden state of a recurrent layer has shape (layers × directions, batch, hidden size). batch_first "
            "changes the order of the input and output, never of the state."
        ),
        N_(
            "is the batch the second size of the state, and is it that of this batch? A state kept from a batch of "
            "another size does not fit."
        ),
        N_("Expected {wanted}, got {got}."),
        ("shape",),
    ),
    Entry(
        "heads-divide",
        ("AssertionError", "ValueError"),
        (r"embed_dim must be divisible by num_heads",),
        N_("Attention cuts the embedding into heads of equal size, so embed_dim must be divisible by num_heads."),
        N_("choose the number of heads so that it divides the size of the embedding."),
        "",
        (),
    ),
    Entry(
        "attention-size",
        ("AssertionError", "RuntimeError"),
        (
            r"was expecting embedding dimension of (?P<n_wanted>\d+), but got (?P<n_got>\d+)",
            r"the feature number of src and tgt must be equal to d_model",
        ),
        N_(
            "The last dimension of what goes into attention holds the embedding; its size was fixed when the layer "
            "was made (embed_dim, d_model)."
        ),
        N_("compare that size with the last dimension of the inputs; batch_first decides where the batch is."),
        N_("The layer was made for {wanted}; the last dimension is {got}."),
        ("shape",),
    ),
    Entry(
        "attention-mask-shape",
        ("RuntimeError", "AssertionError"),
        (
            r"The shape of the \dD attn_mask is torch\.Size\(\[(?P<s_got>[^\]]*)\]\), but should be "
            r"\((?P<s_wanted>[^)]*)\)",
            r"Expected `?key_padd(?:ed|ing)_mask`?\.shape\[\d\] to be (?P<wanted>\d+), but got (?P<got>\d+)",
            r"attn_mask's dimension \d+ is not supported",
        ),
        N_(
            "attn_mask covers pairs of positions: (target length, source length). key_padding_mask marks the tokens "
            "that are padding: (batch, source length)."
        ),
        N_(
            "is it the mask you mean, and are batch and length in this order? For a mask per head: (batch × heads, "
            "target, source)."
        ),
        N_("Expected {wanted}, got {got}."),
        ("shape",),
    ),
    Entry(
        "attention-mask-dtype",
        ("AssertionError", "RuntimeError"),
        (
            r"only bool and floating types of (?P<which>\w+) are supported",
            r"Expected (?P<which>attn_mask) dtype to be bool or",
        ),
        N_(
            "A mask of attention is bool (True: do not look there), or floating point and is added to the scores "
            "(-inf: do not look there)."
        ),
        N_(
            "make it by a comparison, or convert it with `.bool()`. scaled_dot_product_attention reads bool the other "
            "way round: True means look."
        ),
        "",
        ("dtype", "shape"),
    ),
    Entry(
        "embedding-range",
        ("IndexError",),
        (r"index out of range in self",),
        N_(
            "nn.Embedding is a table with num_embeddings rows, numbered from 0. A number was looked up that is "
            "negative, or too large."
        ),
        N_("how large is the largest token id? A vocabulary of V tokens plus padding needs V + 1 rows."),
        "",
        ("shape",),
    ),
    Entry(
        "dropout-range",
        ("ValueError",),
        (r"dropout probability has to be between 0 and 1, but got (?P<value>\S+)",),
        N_("Dropout takes the probability of dropping a value, between 0 and 1; it was given {value}."),
        N_("percentages must be divided by 100; and it is the share that is dropped, not the one that is kept."),
        "",
        (),
    ),
    Entry(
        "lazy-parameter",
        ("ValueError", "RuntimeError"),
        (r"Attempted to use an uninitialized parameter", r"Can't access the shape of an uninitialized parameter"),
        N_(
            "A lazy layer makes its parameters when it first sees an input. Until then they have no shape and no "
            "values."
        ),
        N_("send one batch through the model before you look at its parameters or give them to an optimizer."),
        "",
        (),
    ),
)
