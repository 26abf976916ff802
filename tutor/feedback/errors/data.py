"""Datasets, DataLoaders and padded sequences."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

_LOADING = r"_utils\.collate|DataLoader|_utils\.fetch|dataloader"

ENTRIES = (
    Entry(
        "collate-sizes",
        ("RuntimeError",),
        (
            r"stack expects each tensor to be equal size, but got \[(?P<s_a>[^\]]*)\] at entry \d+ "
            r"and \[(?P<s_b>[^\]]*)\] at entry (?P<n_index>\d+)",
            r"each element in list of batch should be of equal size",
            r"Trying to resize storage that is not resizable",
        ),
        N_(
            "A DataLoader stacks the samples of a batch into one tensor, so all of them need the same shape. Those of "
            "your dataset do not have it."
        ),
        N_("bring the samples to one size in `__getitem__`, or give the DataLoader a collate_fn that pads them."),
        N_("The first sample has shape {a}, number {index} of the batch has {b}."),
        (),
        where=_LOADING,
    ),
    Entry(
        "collate-type",
        ("TypeError",),
        (r"batch must contain tensors, numpy arrays, numbers, dicts or lists; found (?P<kind>.+)",),
        N_(
            "A DataLoader makes batches of tensors, arrays, numbers and strings, also inside tuples and dicts. Your "
            "dataset gives {kind}."
        ),
        N_("what does `__getitem__` return, on every path? Pictures, for example, must become tensors first."),
        "",
        (),
    ),
    Entry(
        "worker-died",
        ("RuntimeError",),
        (
            r"DataLoader worker \(pid(?:\(s\))? [\d, ]+\) exited unexpectedly",
            r"DataLoader worker \(pid(?:\(s\))? [\d, ]+\) is killed by signal: (?P<signal>[\w ]+)",
        ),
        N_(
            "A process that loads data for the DataLoader ended in the middle of its work, without an exception that "
            "could be shown."
        ),
        N_(
            "set num_workers=0: then the same code runs in this process and its error is visible. Too little (shared) "
            "memory ends workers too."
        ),
        "",
        (),
    ),
    Entry(
        "not-picklable",
        ("AttributeError", "TypeError", "PicklingError"),
        (
            r"[Cc]an't (?:pickle|get) local object (?P<name>.+)",
            r"[Cc]an't pickle (?P<name>.+?)(?:: |$)",
            r"cannot pickle (?P<name>'[\w.]+' object)",
        ),
        N_(
            "To hand an object to another process, Python pickles it: functions and classes by their name, which must "
            "be found in the module."
        ),
        N_(
            "lambdas, and functions or classes made inside a function, cannot be found: define them at the top of the "
            "file with `def` or `class`."
        ),
        N_("It is {name}."),
        (),
    ),
    Entry(
        "dataset-methods",
        ("NotImplementedError", "TypeError"),
        (
            r"Subclasses of Dataset should implement __getitem__",
            r"object of type '(?P<kind>\w+)' has no len\(\)",
        ),
        N_(
            "A dataset has two methods: `__len__`, the number of samples, and `__getitem__`, the sample at a "
            "position. A DataLoader needs both."
        ),
        N_(
            "are both there, spelled with two underscores on each side, and indented so that they stand inside the "
            "class?"
        ),
        "",
        (),
        where=r"torch\.utils\.data",
    ),
    Entry(
        "loader-empty",
        ("ValueError",),
        (r"num_samples should be a positive integer value, but got num_samples=0",),
        N_("The dataset is empty: there is nothing to draw samples from."),
        N_("what does its `__len__` return, and why? Often a path is wrong, or a filter lets nothing through."),
        "",
        (),
    ),
    Entry(
        "loader-iterable",
        ("ValueError",),
        (r"DataLoader with IterableDataset: expected unspecified (?P<option>\w+) option",),
        N_("An IterableDataset yields its samples in an order of its own, so the DataLoader cannot apply {option}."),
        N_("leave `{option}` out, and shuffle where the samples are made; or write a dataset with `__getitem__`."),
        "",
        (),
    ),
    Entry(
        "loader-indexed",
        ("TypeError",),
        (r"'DataLoader' object is not subscriptable", r"'DataLoader' object is not an iterator"),
        N_("A DataLoader is looped over, batch by batch. It has no positions and is no iterator itself."),
        N_("`next(iter(loader))` gives a first batch; a single sample comes from the dataset."),
        "",
        (),
    ),
    Entry(
        "tensors-of-one-length",
        ("AssertionError",),
        (r"Size mismatch between tensors",),
        N_("TensorDataset pairs its tensors by their first dimension, so this must have the same size in all of them."),
        N_("which one has a different number of samples?"),
        "",
        ("shape",),
    ),
    Entry(
        "random-split",
        ("ValueError",),
        (r"Sum of input lengths does not equal the length of the input dataset",),
        N_("random_split divides a dataset completely: the lengths must add up to that of the dataset."),
        N_("compute the last length as what is left, or give shares that add up to 1."),
        "",
        (),
    ),
    Entry(
        "packed-lengths",
        ("RuntimeError",),
        (
            r"[`']?lengths[`']? array must be sorted in decreasing order",
            r"Length of all samples has to be greater than 0",
        ),
        N_(
            "pack_padded_sequence wants the length of each sequence: all above 0, and the longest first, unless you "
            "say otherwise."
        ),
        N_("enforce_sorted=False sorts for you; empty sequences must be left out."),
        "",
        ("shape",),
    ),
)
