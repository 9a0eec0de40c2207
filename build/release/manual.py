"""The manual page kubexit(1), for man(1): made of the help, so that both say the same."""

from release.help import Group, Help, Item
from release.project import VERSION, created

FILES = """\
.SH FILES
.TP
.I /graveyard/NAME
The tombstone of a container: a small YAML file with Born, Ready, Died and ExitCode.
.TP
.I /graveyard/.NAME.alive
A FIFO that kubexit keeps open as long as it runs. When kubexit is killed, the kernel closes it, and the others notice.
"""
EXAMPLES = """\
.SH EXAMPLES
A sidecar that stops when the container main has exited, and exits with 0 then:
.PP
.nf
    KUBEXIT_NAME=proxy KUBEXIT_SIDECAR_OF=main kubexit \\-\\- /app/proxy
.fi
.PP
Main, which starts when the sidecar is ready:
.PP
.nf
    KUBEXIT_NAME=main KUBEXIT_BIRTH_DEPS=proxy KUBEXIT_BIRTH_SOURCE=graveyard kubexit \\-\\- /app/report
.fi
"""


def escaped(text: str) -> str:
    """Return text as troff(1) prints it unchanged."""
    text = (
        text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti")
    )
    return f"\\&{text}" if text.startswith(".") else text


def entry(item: Item) -> str:
    """Return an item with its meaning below it."""
    name = f"\\fB{escaped(item.name)}\\fR"
    if item.value:
        name += f"{'=' if item.name.startswith('KUBEXIT_') else ' '}\\fI{escaped(item.value)}\\fR"
    default = f" The default is {escaped(item.default)}." if item.default else ""
    return f".TP\n{name}\n{escaped(item.text)}{default}\n"


def groups(found: list[Group]) -> str:
    """Return groups as subsections."""
    return "".join(f".SS {escaped(one.heading)}\n{''.join(map(entry, one.items))}" for one in found)


def synopsis(usage: list[str]) -> str:
    """Return the ways to call kubexit, one a line."""
    return "".join(f".B kubexit\n{escaped(line.removeprefix('kubexit').strip())}\n.br\n" for line in usage)


def page(found: Help) -> str:
    """Return the whole page."""
    notes = "".join(f"{escaped(text)}\n.PP\n" for text in found.notes)
    return (
        f'.TH KUBEXIT 1 "{created()[:10]}" "kubexit {VERSION}" "User Commands"\n'
        ".SH NAME\nkubexit \\- start and stop the containers of a pod in order\n"
        f".SH SYNOPSIS\n{synopsis(found.usage)}"
        f".SH DESCRIPTION\n{escaped(found.about)}\n"
        f".SH OPTIONS\n{groups(found.options)}"
        f".SH ENVIRONMENT\n{notes}{groups(found.settings)}"
        f'.SH "EXIT STATUS"\n{escaped(found.codes.heading)}\n{"".join(map(entry, found.codes.items))}'
        f"{FILES}{EXAMPLES}"
    )
