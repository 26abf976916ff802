"""CPU and GPU: tensors in two places, no GPU, no memory."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry, Fields


def _two_places(fields: Fields) -> Fields | None:
    """A convolution names the types of its tensors, which hold the device: ``torch.cuda.FloatTensor``."""
    places = ["cuda" if ".cuda." in fields[name] else "cpu" for name in ("type_a", "type_b")]
    return None if places[0] == places[1] else {"a": places[0], "b": places[1]}


_SAME_DEVICE = N_("Tensors that are computed with together must lie on the same device.")
_MOVE = N_(
    "move the model once (`.to(device)`), each batch as it comes, and make new tensors with device=x.device. A "
    "tensor's `.to` returns the moved one; plain attributes do not move with a model (register_buffer)."
)
_HERE = N_("Here {a} meets {b}.")
_NO_MEMORY = N_("More memory was asked for than there is.")
_LARGE = N_(
    "which tensor becomes so large? An unexpected broadcast, (N, 1) with (N,), makes N × N numbers; lists that grow "
    "with "
    "every step fill up too."
)

ENTRIES = (
    Entry(
        "two-devices",
        ("RuntimeError",),
        (
            # up to 2.8
            r"Expected all tensors to be on the same device, but found at least two devices, (?P<a>[\w:]+) and "
            r"(?P<b>[\w:]+)",
            # from 2.9 on
            r"Expected all tensors to be on the same device, but got \w+ is on (?P<a>[\w:]+), "
            r"different from other tensors on (?P<b>[\w:]+)",
            r"Tensor on device (?P<a>[\w:]+) is not on the expected device (?P<b>[\w:]+)",
            r"indices should be either on (?P<a>\w+) or on the same device as the indexed tensor \((?P<b>[\w:]+)\)",
            r"found input tensor at (?P<a>[\w:]+) and \w+ tensor at (?P<b>[\w:]+)",
            r"Expected all tensors to be on the same device",
        ),
        _SAME_DEVICE,
        _MOVE,
        _HERE,
        ("device",),
    ),
    Entry(
        "two-devices",
        ("RuntimeError",),
        (
            r"Input type \((?P<type_a>torch\.[\w.]+)\) and (?:weight|bias) type \((?P<type_b>torch\.[\w.]+)\) should "
            r"be the same",
        ),
        _SAME_DEVICE,
        _MOVE,
        _HERE,
        ("device",),
        _two_places,
    ),
    Entry(
        "no-gpu",
        ("RuntimeError", "AssertionError"),
        (
            r"Found no NVIDIA driver",
            r"Torch not compiled with CUDA enabled",
            r"No CUDA GPUs are available",
            r"Attempting to deserialize object on a CUDA device",
        ),
        N_("A tensor was to go to a GPU, and this process can use none."),
        N_(
            'do not write "cuda" into the code: take the device of a tensor that is there (`x.device`), or ask '
            "torch.cuda.is_available()."
        ),
        "",
        ("device",),
    ),
    Entry(
        "device-name",
        ("RuntimeError",),
        (
            r"device type at start of device string: (?P<name>\S+)",
            r"Invalid device string: '(?P<name>[^']*)'",
        ),
        N_("There is no kind of device named {name}."),
        N_('devices are named "cpu", "cuda", or "cuda:0" for a particular GPU.'),
        "",
        (),
    ),
    Entry(
        "gpu-memory",
        ("OutOfMemoryError", "RuntimeError"),
        (r"CUDA out of memory\. Tried to allocate (?P<wanted>[\d.]+ \w+)", r"CUDA out of memory"),
        N_("The memory of the GPU is full."),
        N_(
            "smaller batches need less. Is a graph kept alive, by summing up losses without item() or by a list of "
            "results without detach()? Evaluation belongs under no_grad()."
        ),
        N_("This step alone asked for {wanted}."),
        ("shape",),
    ),
    Entry(
        "gpu-assert",
        ("RuntimeError",),
        (r"CUDA error: device-side assert triggered",),
        N_(
            "Something that ran on the GPU met a forbidden value, nearly always an index: a class number or a token "
            "id that is negative or too large. The GPU works behind the program, so the line named may be a later one."
        ),
        N_("run it on the CPU (`--device cpu`): there the message names the value and the line."),
        "",
        (),
    ),
    Entry(
        "numpy-from-gpu",
        ("TypeError",),
        (r"can't convert (?P<device>[\w:]+) device type tensor to numpy",),
        N_("NumPy works in the memory of the CPU; the tensor lies on {device}."),
        N_("bring it over first, cut off from the graph: `x.detach().cpu().numpy()`."),
        "",
        ("device",),
    ),
    Entry(
        "meta-data",
        ("RuntimeError", "NotImplementedError"),
        (r"Cannot copy out of meta tensor", r"cannot be called on meta tensors"),
        N_('A tensor on the device "meta" has a shape and a dtype, but no values.'),
        N_('where is device="meta" set? Give the module memory first (`to_empty`) and then values.'),
        "",
        ("device",),
    ),
    Entry(
        "host-memory",
        ("RuntimeError", "MemoryError"),
        (
            r"can't allocate memory: you tried to allocate \d+ bytes",
            r"not enough memory: you tried to allocate \d+ bytes",
            r"Unable to allocate [\d.]+ \w+ for an array",
        ),
        _NO_MEMORY,
        _LARGE,
        "",
        ("shape",),
    ),
    Entry("host-memory", ("MemoryError",), (r"",), _NO_MEMORY, _LARGE, "", ("shape",)),
)
