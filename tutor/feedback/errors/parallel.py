"""Several processes: forks, process groups, DistributedDataParallel."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

ENTRIES = (
    Entry(
        "cuda-fork",
        ("RuntimeError",),
        (r"Cannot re-initialize CUDA in forked subprocess",),
        N_("A process that was forked from one that already uses the GPU cannot use it itself."),
        N_(
            'start the processes with "spawn", or touch the GPU in the children only. A dataset should give tensors '
            "on the CPU."
        ),
        "",
        ("device",),
    ),
    Entry(
        "process-group",
        ("ValueError", "RuntimeError"),
        (r"Default process group has not been initialized",),
        N_("The processes of a distributed training know each other through a process group, and there is none yet."),
        N_(
            "torch.distributed.init_process_group comes first, in every process; code that also runs alone asks "
            "is_initialized()."
        ),
        "",
        (),
    ),
    Entry(
        "rendezvous",
        ("ValueError",),
        (r"environment variable (?P<name>\w+) expected, but not set",),
        N_(
            "Processes find each other through the environment: MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE. {name} "
            "is missing."
        ),
        N_("torchrun sets all of them; otherwise set them yourself, or give init_method, rank and world_size."),
        "",
        (),
    ),
    Entry(
        "unused-parameters",
        ("RuntimeError",),
        (r"Expected to have finished reduction in the prior iteration",),
        N_(
            "DistributedDataParallel waits in each step for the gradient of every parameter. One of them got none, "
            "because the loss does not depend on it."
        ),
        N_(
            "which parameter is not used in `forward`, or only under a condition? Does every output enter the loss? "
            "find_unused_parameters=True looks for them."
        ),
        "",
        (),
    ),
    Entry(
        "nothing-to-reduce",
        ("RuntimeError",),
        (r"DistributedDataParallel is not needed when a module doesn't have any parameter",),
        N_("DistributedDataParallel averages gradients; the module has no parameter that requires one."),
        N_("are all parameters frozen, or are the layers in a plain list, where the module does not find them?"),
        "",
        (),
    ),
)
