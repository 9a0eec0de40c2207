"""kubectl kubexit completion: what a shell must read to complete the commands."""

import click
from click.shell_completion import get_completion_class

VARIABLE = "_KUBECTL_KUBEXIT_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print what a shell must read to complete `kubectl-kubexit`.

    \b
    bash, in ~/.bashrc:                   source <(kubectl-kubexit completion bash)
    zsh, in ~/.zshrc, behind compinit:    source <(kubectl-kubexit completion zsh)
    fish, in ~/.config/fish/config.fish:  kubectl-kubexit completion fish | source

    `kubectl kubexit` is completed by kubectl itself, with the program kubectl_complete-kubexit.
    """
    from kubectl_kubexit.commands.main import program

    found = get_completion_class(shell)
    assert found is not None  # the choice has only shells that click knows
    click.echo(found(program, {}, "kubectl-kubexit", VARIABLE).source())
