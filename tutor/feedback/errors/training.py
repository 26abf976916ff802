"""Optimizers, schedulers and gradient scalers used out of turn."""

from __future__ import annotations

from tutor.feedback.errors.entry import N_, Entry

ENTRIES = (
    Entry(
        "optimizer-empty",
        ("ValueError",),
        (r"optimizer got an empty parameter list",),
        N_("The optimizer was given no parameters, so there is nothing it could learn."),
        N_(
            "has the model any? Layers in a plain Python list or dict are not found (nn.ModuleList is made for that), "
            "and plain tensors are no parameters (nn.Parameter). parameters() can also be used up by a loop before."
        ),
        "",
        ("kind",),
    ),
    Entry(
        "optimizer-argument",
        ("TypeError",),
        (
            r"params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
            r"(?P<kind>[\w.]+)",
            r"optimizer can only optimize Tensors, but one of the params is (?P<kind>[\w.<>' ]+)",
        ),
        N_("The first argument of an optimizer is a collection of parameters; what came was, or held, {kind}."),
        N_("`model.parameters()` is what it wants; a single tensor goes in brackets, `[x]`."),
        "",
        ("kind",),
    ),
    Entry(
        "optimizer-argument",
        ("TypeError",),
        (r"'(?P<kind>\w+)' object is not iterable",),
        N_("The first argument of an optimizer is a collection of parameters; what came was, or held, {kind}."),
        N_("`model.parameters()` is what it wants; a single tensor goes in brackets, `[x]`."),
        "",
        ("kind",),
        where=r"torch\.optim\.|\b(?:SGD|Adam\w*|RMSprop|Adagrad|LBFGS)\(",
    ),
    Entry(
        "optimizer-of-result",
        ("ValueError",),
        (r"can't optimize a non-leaf Tensor",),
        N_(
            "An optimizer changes tensors that you made yourself. A result of a computation is made anew each time, "
            "so changing it changes nothing."
        ),
        N_(
            "on which tensor did you want to take steps? Let requires_grad_() be the last thing done to it (after "
            "`.to(device)`, `* 0.1`, …)."
        ),
        "",
        ("grad",),
    ),
    Entry(
        "optimizer-setting",
        ("ValueError",),
        (
            r"Invalid (?P<name>learning rate|momentum value|weight_decay value|epsilon value|beta parameter[^:]*|\w+ "
            r"value): (?P<value>\S+)",
            r"(?P<name>Nesterov momentum) requires a momentum",
        ),
        N_("A setting of the optimizer lies outside of what is allowed."),
        N_(
            "compare the numbers in the call with the optimizer's documentation: rates are positive, betas lie "
            "between 0 and 1."
        ),
        N_("It is the {name}, given as {value}."),
        (),
    ),
    Entry(
        "optimizer-twice",
        ("ValueError",),
        (r"some parameters appear in more than one parameter group",),
        N_("A parameter stands in two groups of the optimizer; it would be changed twice in each step."),
        N_("which group holds all of `model.parameters()`, although some of them have a group of their own?"),
        "",
        (),
    ),
    Entry(
        "optimizer-closure",
        ("TypeError",),
        (r"step\(\) missing 1 required positional argument: 'closure'",),
        N_("LBFGS computes the loss several times in one step, so its step() wants a function that does it."),
        N_(
            "write a function that clears the gradients, computes the loss, calls backward() and returns the loss; "
            "hand it to step."
        ),
        "",
        (),
    ),
    Entry(
        "optimizer-state",
        ("ValueError",),
        (
            r"loaded state dict (?:has a different number of parameter groups|contains a parameter group that "
            r"doesn't match)",
        ),
        N_("The saved state belongs to an optimizer with other parameters."),
        N_("build model and optimizer as they were when the state was saved, and load the state after that."),
        "",
        (),
    ),
    Entry(
        "scheduler-optimizer",
        ("TypeError",),
        (r"(?P<kind>\w+) is not an Optimizer",),
        N_(
            "A scheduler changes the learning rate of an optimizer, and is given that optimizer first. What came is "
            "{kind}."
        ),
        N_("hand it the optimizer object, neither the model nor its parameters."),
        "",
        ("kind",),
    ),
    Entry(
        "scheduler-metric",
        ("TypeError",),
        (r"step\(\) missing 1 required positional argument: 'metrics'",),
        N_("ReduceLROnPlateau watches a number, such as the validation loss, and wants it in every step."),
        N_("call `scheduler.step(value)` once an epoch, after validation."),
        "",
        (),
    ),
    Entry(
        "scheduler-over",
        ("ValueError",),
        (r"Tried to step (?P<n_steps>\d+) times\. The specified number of total steps is (?P<n_total>\d+)",),
        N_("This schedule was planned for a fixed number of steps, and those are over."),
        N_("total_steps = epochs × batches in an epoch, where step() is called after every batch."),
        N_("{total} steps were planned; this is number {steps}."),
        (),
    ),
    Entry(
        "scheduler-resumed",
        ("KeyError",),
        (r"param 'initial_lr' is not specified",),
        N_(
            "last_epoch tells a scheduler that training goes on from a saved state, which must hold the learning rate "
            "it began with. There is none."
        ),
        N_("leave last_epoch out for a new training; otherwise load the optimizer's state first."),
        "",
        (),
    ),
    Entry(
        "scaler-order",
        ("AssertionError", "RuntimeError"),
        (
            r"Attempted (?:step|unscale_|update) but _scale is None",
            r"No inf checks were recorded for this optimizer",
            r"unscale_\(\) (?:has already been called|is being called after step)",
            r"step\(\) has already been called since the last update",
        ),
        N_(
            "A GradScaler wants one order in each step: scale(loss).backward(), then perhaps unscale_(optimizer) "
            "once, then step(optimizer), then update()."
        ),
        N_(
            "compare the order of your calls with it. Did backward() run on the scaled loss, and reach the "
            "optimizer's parameters?"
        ),
        "",
        (),
    ),
)
