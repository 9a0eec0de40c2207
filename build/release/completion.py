"""Completions of the command line of kubexit for bash, zsh and fish: made of the help."""

from release.help import Help, Item

FOLDERS = ("--install", "--clear", "--in")
FORMATS = "table json"  # of --output
# Options that only the usage has.
PLAIN = [Item("--output", "FORMAT", "print a table or JSON"), Item("--timeout", "DURATION", "of --wait")]
ALONE = [Item("--help", "", "print the settings and exit codes"), Item("--version", "", "print the version")]


def options(found: Help) -> list[Item]:
    """Return all options, each once."""
    return [item for group in found.options for item in group.items] + PLAIN + ALONE


def brief(item: Item) -> str:
    """Return the beginning of a meaning, without characters that a shell would read."""
    text = item.text.split(";")[0].split(":")[0].split(". ")[0].rstrip(".")
    return "".join(letter for letter in text if letter.isalnum() or letter in " ,/-")


def bash(found: Help) -> str:
    """Return the completion for bash."""
    names = " ".join(item.name for item in options(found))
    return f"""\
# bash completion for kubexit
_kubexit() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
    case $before in
    {"|".join(FOLDERS)}) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    --output) mapfile -t COMPREPLY < <(compgen -W "{FORMATS}" -- "$word") ;;
    *)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "{names}" -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -c -- "$word") ;;
        esac
        ;;
    esac
}}
complete -o filenames -F _kubexit kubexit
"""


def zsh(found: Help) -> str:
    """Return the completion for zsh."""
    lines = []
    for item in options(found):
        action = {"--output": f":format:({FORMATS})", "--timeout": ":duration:"}.get(item.name, "")
        action = ":folder:_files -/" if item.name in FOLDERS else action
        lines.append(f"    '{item.name}[{brief(item)}]{action}' \\")
    return "#compdef kubexit\n_arguments \\\n" + "\n".join(lines) + "\n    '*::command:_normal'\n"


def fish(found: Help) -> str:
    """Return the completion for fish."""
    lines = []
    for item in options(found):
        takes = f"-xa '{FORMATS}'" if item.name == "--output" else "-x" if item.name == "--timeout" else ""
        takes = "-xa '(__fish_complete_directories)'" if item.name in FOLDERS else takes
        words = ["complete", "-c kubexit", f"-l {item.name.removeprefix('--')}", takes, f"-d '{brief(item)}'"]
        lines.append(" ".join(word for word in words if word))
    lines.append("complete -c kubexit -n 'not __fish_seen_subcommand_from --' -a '(__fish_complete_command)'")
    return "# fish completion for kubexit\n" + "\n".join(lines) + "\n"
