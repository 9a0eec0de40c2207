"""The program kubectl-kubexit, which kubectl finds as `kubectl kubexit`."""

import importlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from kubectl_kubexit.errors import ReaderGoneError, UserError, printable

# Command → its line in --help. The module with its name is imported when it is called.
COMMANDS = {
    "wrap": "Put kubexit into manifests.",
    "unwrap": "Take kubexit out of manifests.",
    "check": "Find what is wrong in manifests with kubexit.",
    "plan": "Print the plan of a manifest that has single settings.",
    "graph": "Draw which container waits for which, and which stops which.",
    "status": "Show the containers of a pod in the cluster, and what it waits for.",
    "timeline": "Draw when the containers of a pod waited, started and stopped, and what caused it.",
    "policy": "Print the policies by which the API server itself puts kubexit into pods.",
    "completion": "Print what bash, zsh or fish must read to complete the commands.",
}
PROGRAM = "kubectl kubexit"


class Commands(click.Group):
    """A group whose commands are modules of this package."""

    def make_context(self, *arguments: Any, **keywords: Any) -> click.Context:
        """Read the command line."""
        with reader():
            return super().make_context(*arguments, **keywords)

    def invoke(self, ctx: click.Context) -> Any:
        """Call a command."""
        with reader():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of --help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"kubectl_kubexit.commands.{cmd_name}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command for one that does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from kubectl_kubexit.settings.name import nearest

            meant = nearest(args[0], list(COMMANDS))
            hint = f"; did you mean {meant}?" if meant else f"; use {', '.join(COMMANDS)}"
            ctx.fail(f"there is no command {args[0]}{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@contextmanager
def reader() -> Iterator[None]:
    """Keep a BrokenPipeError from click, which exits with 1 for it: that is the code of `check` for findings."""
    try:
        yield
    except BrokenPipeError:
        raise ReaderGoneError from None


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="kubectl-kubexit", message="kubectl-kubexit %(version)s")
def program() -> None:
    """Write, check and draw pods whose containers kubexit starts and stops in order.

    Nothing is written to a cluster. Shell completion: kubectl-kubexit completion --help.
    """


def main(arguments: Sequence[str] | None = None) -> Any:
    """Run the program; a user's error is one line, exit code 2."""
    prepare_output()
    try:
        try:
            return program.main(
                arguments, prog_name=PROGRAM, complete_var="_KUBECTL_KUBEXIT_COMPLETE", standalone_mode=False
            )
        finally:
            sys.stdout.flush()
    except click.exceptions.Abort:
        sys.exit(130)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else PROGRAM
        fail(f"{error.format_message()} (see {where} --help)")
    except click.ClickException as error:
        fail(error.format_message())
    except UserError as error:
        fail(str(error))
    except (BrokenPipeError, ReaderGoneError):
        discard_output()  # the reader, for example `head`, has seen enough
        sys.exit(141)
    except OSError as error:
        discard_output()
        fail(f"{error.filename or 'stdout'}: {error.strerror}")


def prepare_output() -> None:
    """Write YAML as it is: in UTF-8 and without other line ends, although Windows has others for files and pipes."""
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    if sys.stdout.isatty():
        sys.stdout.reconfigure(errors="replace")
    else:
        sys.stdout.reconfigure(encoding="utf-8", newline="")


def discard_output() -> None:
    """Forget what was not written: Python would complain when it flushes at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fail(message: str) -> None:
    """Print one line about a user's error and exit with 2."""
    click.echo(f"{PROGRAM}: {printable(message)}", err=True)
    sys.exit(2)
