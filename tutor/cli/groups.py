"""A command that has commands of its own, such as ``tutor pack``."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

from tutor.cli import errors
from tutor.cli.ending import TROUBLE
from tutor.cli.root import common_options, format_options, format_usage, layout
from tutor.locale import _


class Group(click.Group):
    """Without a command: its help, and exit status 2."""

    def __init__(self, name: str, commands: Mapping[str, str], *, short: str, text: str = "") -> None:
        """Args:
        commands: in the order of the help, each with the module of ``tutor.cli`` that has ``<command>_command``.
        short: what the group is for, for the list of commands.
        text: more about it, for its own help.
        """
        super().__init__(
            name,
            invoke_without_command=True,
            callback=self._start,
            params=common_options(),
            help=f"{short}\n\n{text}" if text else short,
            short_help=short,
            options_metavar=_("[OPTIONS]"),
            subcommand_metavar=_("COMMAND"),
            add_help_option=False,
            context_settings=layout(),
        )
        self._modules = commands

    def _start(self) -> int | None:
        context = click.get_current_context()
        if context.invoked_subcommand is not None:
            return None
        click.echo(context.get_help())
        return TROUBLE

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._modules:
            return None
        module = importlib.import_module(f"tutor.cli.{self._modules[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self._modules and not name.startswith("-"):
            message = _("There is no command {name}.").format(name=repr(name))
            raise click.UsageError(errors.close(message, errors.similar(name, self._modules)), ctx)
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
