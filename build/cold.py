"""Mark the functions of the native unit that are not used while a command runs, so that the linker keeps them apart.

The kernel maps the file in windows of 64 KiB around each page that is used. There are three parts (build/gate.ld,
build/static/layout.ld): code that a usual life never calls, code that is over when the command has been started, and
the rest, which waits, reads the graveyard and writes the death. Only the rest stays in memory (ext/base/pages.h).
Cython has no way to write an attribute, so the declarations get it here. A function in the wrong part costs memory and
a few microseconds, never more.
"""

import os
import re
import sys
from pathlib import Path

# Never called in a usual life.
RARE = (
    "base/address.pyx",
    "base/http*.pyx",
    "base/url.pyx",
    "children/notify_address.pyx",
    "children/probe.pyx",
    "children/readiness_probe.pyx:readiness_listen,readiness_probe,readiness_fail,readiness_connect,readiness_refused,"
    "readiness_is_connected,readiness_answer,readiness_take_status,readiness_says",
    "children/verdict.pyx:waiter_collect",
    "children/waiter.pyx",
    "children/watcher.pyx",
    "graveyard/clear.pyx",
    "graveyard/peer_api.pyx",
    "graveyard/survey*.pyx",
    "options/[!o]*.pyx",
    "settings/codes.pyx",
    "settings/mesh.pyx",
    "settings/no_pod.pyx",
    "settings/plan*.pyx",
    "settings/problems.pyx",
    "settings/refusal.pyx",
    "settings/signal_map.pyx",
    "settings/unknown.pyx",
    "settings/url_lists.pyx",
    "steps/cycle.pyx",
    "steps/hint.pyx",
    "steps/missing*.pyx",
    "steps/quit_processes.pyx",
    "steps/quit_requests.pyx:quit_ask,quit_start,quit_fork,quit_request,quit_abort,quit_soon",
    "steps/quit_wait.pyx",
    "steps/readiness_child.pyx",
    "steps/watching.pyx",
)
# Called until the command has been started and its birth is written. After a colon: only these functions.
START = (
    "base/duration.pyx",
    "base/path.pyx",
    "base/process.pyx",
    "base/signals.pyx:signals_block,signals_open,signals_release,signals_restore",
    "base/text.pyx:list_next_element,word_index,number_parse",
    "base/text_list.pyx",
    "children/command.pyx:command_begin,command_spawn,command_become,command_offer_notify",
    "graveyard/graveyard.pyx:graveyard_begin,graveyard_try",
    "graveyard/liveness.pyx:liveness_create,liveness_adopt,liveness_is_private,liveness_is_owned",
    "graveyard/name_socket.pyx",
    "graveyard/watch.pyx:watch_begin",
    "loop/eventloop.pyx:eventloop_begin",
    "loop/job_control.pyx",
    "loop/lifecycle.pyx",
    "options/options.pyx",
    "settings/codes.pyx",
    "settings/collect.pyx",
    "settings/dependency_lists.pyx",
    "settings/groups.pyx",
    "settings/name.pyx",
    "settings/no_pod.pyx",
    "settings/pod.pyx",
    "settings/readiness.pyx",
    "settings/service_link.pyx",
    "settings/settings.pyx",
    "settings/signal_map.pyx",
    "settings/value.pyx",
    "settings/words.pyx",
    "state/state.pyx:state_begin,state_begin_wait",
    "steps/birth_report.pyx",
    "steps/birth_end.pyx",
    "steps/claim.pyx",
    "steps/relations.pyx:relations_refuse,relations_report_deaths",
    "steps/start.pyx:start_command,start_log_arguments,start_forget_birth_dependencies,start_explain_failure",
    "steps/stone.pyx:stone_begin_wait,stone_end_wait,stone_compose_wait,stone_add_wait,stone_missing",
)
DEFINITION = re.compile(r"^cdef (?!public)[^=\n(]*?\b(\w+)\(", re.MULTILINE)
DECLARATION = re.compile(r"__pyx_f_\w*?_supervisor_(\w+)\(.*\); /\*proto\*/$")
HEADER = re.compile(r"^ *(?:static|int) [^;=]*?\b(?:__pyx_f_\w*?_supervisor_)?(\w+)\([^;]*\) \{$")
PYTHON = ("__pyx_p", "__Pyx", "PyInit")  # what only the installed form has
TEXT = re.compile(r"\b__pyx_k_\w+")
TEXT_DEFINITION = re.compile(r"^static const char (__pyx_k_\w+)\[\] = ", re.MULTILINE)


def functions(ext: Path, patterns: tuple[str, ...]) -> set[str]:
    """Return the names of the functions that a list of files means.

    Raises:
        ValueError: if a pattern fits no file, or a file has no such function
    """
    names: set[str] = set()
    for pattern in patterns:
        file_pattern, _, some = pattern.partition(":")
        files = sorted(ext.glob(file_pattern))
        if not files:
            raise ValueError(f"build/cold.py: no file ext/{file_pattern}")
        found = {name for file in files for name in DEFINITION.findall(file.read_text())}
        chosen = set(some.split(",")) if some else found
        if chosen - found:
            raise ValueError(f"build/cold.py: not in ext/{file_pattern}: {', '.join(sorted(chosen - found))}")
        names |= chosen
    return names


def attributes(ext: Path) -> dict[str, str]:
    """Return the attribute of each function that gets one.

    Not inlined: the code of a function that is called once would be where its caller is, and its constants too.
    """
    rare = functions(ext, RARE)
    found = {name: f'cold, noinline, section(".text.rare.{name}")' for name in rare}
    found |= {name: f'noinline, section(".text.start.{name}")' for name in functions(ext, START) - rare}
    return found


def mark(source: str, attributes: dict[str, str], complete: bool = True) -> str:
    """Return the C source with the attribute at the declaration of each of these functions.

    Raises:
        ValueError: if one of them is not declared, unless the source need not be complete
    """
    left = set(attributes)
    lines = []
    for line in source.split("\n"):
        found = DECLARATION.search(line)
        if found and found.group(1) in attributes:
            left.discard(found.group(1))
            line = line.replace("; /*proto*/", f" __attribute__(({attributes[found.group(1)]})); /*proto*/")
        lines.append(line)
    if left and complete:
        raise ValueError(f"build/cold.py: not declared in the C source: {', '.join(sorted(left))}")
    return "\n".join(lines)


def mark_texts(source: str, marked: set[str]) -> str:
    """Return the C source with the texts that Cython names in a section for the start, if no other function uses them.

    Short texts are written where they are used, and the compiler names their section after the function.
    """
    used: set[str] = set()
    function = ""
    for line in source.split("\n"):
        if header := HEADER.match(line):
            function = header[1]
        if function not in marked and not function.startswith(PYTHON) and not TEXT_DEFINITION.match(line):
            used.update(TEXT.findall(line))
    return TEXT_DEFINITION.sub(
        lambda m: m[0] if m[1] in used else f'{m[0][:-3]} __attribute__((section(".rodata.start.{m[1]}"))) = ', source
    )


def main() -> None:
    """Mark functions and texts in the C source that is named, in place.

    Cython leaves out a function without a caller. COLD_INCOMPLETE=true allows that: a mutant may have lost a call.
    """
    path = Path(sys.argv[1])
    chosen = attributes(Path("ext"))
    marked = mark(path.read_text(), chosen, complete=os.environ.get("COLD_INCOMPLETE") != "true")
    path.write_text(mark_texts(marked, set(chosen)))


if __name__ == "__main__":
    main()
