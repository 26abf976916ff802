"""The command line as a whole: which commands there are, the options that all of them take, how every run ends."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from tutor import locale
from tutor.cli import errors
from tutor.cli.ending import finish
from tutor.cli.wiring import Wiring
from tutor.locale import _

_COMMANDS = {
    "list": "look",
    "show": "look",
    "check": "check",
    "hint": "answers",
    "solution": "answers",
    "diff": "answers",
    "reset": "reset",
    "progress": "progress",
    "doctor": "doctor",
    "server": "server",
    "serve": "serve",
    "pack": "pack",
}
"""In the order of the help. The module of each has a function ``<name>_command``."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line; answer the exit status."""
    wiring = Wiring()

    def work() -> int:
        wiring.speak(arguments)
        try:
            status = Root(wiring).main(list(arguments), prog_name="tutor", standalone_mode=False)
        except click.Abort:
            raise KeyboardInterrupt from None
        except click.UsageError as error:
            said = [errors.usage(error)]
            if error.ctx is not None:
                said.append(_("`{command} --help` tells more.").format(command=error.ctx.command_path))
            raise errors.Refusal("\n".join(said)) from error
        return status if isinstance(status, int) else 0

    return finish(wiring, work)


def one_of(*words: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """A check of an option's value, for its ``callback``: one of a few words, refused in the learner's language."""

    def check(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is not None and value not in words:
            message = _("{value} is none of {words}.").format(value=repr(value), words=", ".join(words))
            raise click.BadParameter(message, ctx, param)
        return value

    return check


class Command(click.Command):
    """A command with the options that all have, which speaks the learner's language in its help.

    Built when it is called, so that its texts are in the language of the moment.
    """

    def __init__(
        self,
        name: str,
        callback: Callable[..., int | None],
        *,
        short: str,
        text: str = "",
        params: Sequence[click.Parameter] = (),
    ) -> None:
        """Args:
        callback: gets the ``Wiring``, then the parameters by name; answers the exit status.
        short: what the command does, for the list of commands.
        text: more about it, for its own help.
        """
        super().__init__(
            name,
            callback=click.pass_obj(callback),
            params=[*params, *common_options()],
            help=f"{short}\n\n{text}" if text else short,
            short_help=short,
            options_metavar=_("[OPTIONS]"),
            add_help_option=False,
            context_settings=layout() | {"allow_extra_args": True},
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        if ctx.args:
            raise click.UsageError(_("{extra} is one word too many.").format(extra=repr(ctx.args[0])), ctx)
        return rest

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        format_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        format_options(self, ctx, formatter)


class Root(click.Group):
    """``tutor`` itself: without a command, the app."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(
            "tutor",
            invoke_without_command=True,
            callback=self._start,
            params=[_version_option(), *common_options()],
            help=_(
                "Learn deep learning in PyTorch: read a page, edit a file, see it graded. Without a command: the app."
            ),
            options_metavar=_("[OPTIONS]"),
            subcommand_metavar=_("[COMMAND]"),
            add_help_option=False,
            context_settings=layout() | {"obj": wiring},
        )

    def _start(self) -> int | None:
        context = click.get_current_context()
        if context.invoked_subcommand is not None:
            return None
        from tutor.cli.start import start

        wiring: Wiring = context.obj
        return start(wiring)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"tutor.cli.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not name.startswith("-"):
            message = _("There is no command {name}.").format(name=repr(name))
            raise click.UsageError(errors.close(message, errors.similar(name, _COMMANDS)), ctx)
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        format_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        format_options(self, ctx, formatter)
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            rows.append((name, command.get_short_help_str(formatter.width) if command is not None else ""))
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)


def common_options() -> list[click.Parameter]:
    """The options that stand before a command or after it."""

    def language(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
        if one_of(*locale.LANGUAGES)(ctx, param, value) and value is not None:
            ctx.obj.language_option = value
            locale.use(value)

    def workspace(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
        if value is not None:
            ctx.obj.workspace_option = Path(value)

    return [
        click.Option(
            ["--lang"],
            type=str,
            metavar="|".join(locale.LANGUAGES),
            expose_value=False,
            callback=language,
            help=_("The language, for this run."),
        ),
        click.Option(
            ["--workspace"],
            type=str,
            metavar="DIR",
            expose_value=False,
            callback=workspace,
            help=_("The folder of your work, for this run; TUTOR_WORKSPACE does the same."),
        ),
        click.Option(
            ["-h", "--help"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_help,
            help=_("Show this help."),
        ),
    ]


def exercise_argument(*, required: bool) -> click.Argument:
    """The argument ID; left out, where it may be, it is the exercise opened last."""
    return click.Argument(["name"], metavar="ID" if required else "[ID]", required=required)


def _version_option() -> click.Option:
    def show(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        if value:
            from tutor import __version__

            click.echo(f"tutor {__version__}")
            ctx.exit()

    return click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help=_("Show the version."),
    )


def _show_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help())
        ctx.exit()


def layout() -> dict[str, Any]:
    """The context settings of a command that decide how wide its help is."""
    # click counts characters, of which Japanese ones are two columns wide: there the terminal folds the lines.
    return {"terminal_width": 400} if locale.current() == "ja" else {"max_content_width": 100}


def format_usage(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """The line that begins with "Usage:", in the learner's language."""
    formatter.write_usage(ctx.command_path, " ".join(command.collect_usage_pieces(ctx)), prefix=_("Usage: "))


def format_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """The list of options, in the learner's language."""
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    records = [record for option in options if (record := option.get_help_record(ctx)) is not None]
    with formatter.section(_("Options")):
        formatter.write_dl(records)
