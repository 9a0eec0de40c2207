"""kubectl kubexit unwrap: take kubexit out of manifests."""

import click

from kubectl_kubexit.commands.changes import Output, write_changes
from kubectl_kubexit.commands.sources import filename_option, files_argument, read_sources
from kubectl_kubexit.errors import UserError


@click.command()
@filename_option
@click.option("--diff", is_flag=True, help="Print the differences only.")
@click.option("-i", "--in-place", is_flag=True, help="Write the files.")
@files_argument
def command(names: tuple[str, ...], diff: bool, in_place: bool, files: tuple[str, ...]) -> None:
    """Take kubexit out of each pod and pod template, and print the YAML: the inverse of wrap.

    Volumes, mounts, variables and annotations of kubexit go, and kubexit in front of the commands. Comments stay.
    """
    from kubectl_kubexit.wrap.files import change_pods
    from kubectl_kubexit.wrap.remove import remove

    given = [*names, *files]
    if not given:
        raise UserError("name a manifest: -f FILE, or - for stdin")
    output = Output(diff, in_place)
    write_changes(read_sources(given), lambda text, path: change_pods(text, path, lambda node, _: remove(node)), output)
