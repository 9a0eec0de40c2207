"""Filters of system calls, as container runtimes install them: little programs for the kernel (seccomp(2)).

Each is a step for `preexec_fn`, taken last: from then on this process, and what it executes, is refused some calls.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Callable

Rule = tuple[int, int, int, int]

# linux/filter.h: load a word of struct seccomp_data, compare it, jump, return.
LOAD, JUMP_EQUAL, JUMP_ABOVE, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, FIRST_ARGUMENT, THIRD_ARGUMENT = 0, 16, 32  # offsets in it
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
PR_SET_NO_NEW_PRIVS = 38
FAMILY_ALONE = 2  # the length of an address that is no more than its family
NEW_NAMESPACES = 0x7E020000  # the flags CLONE_NEW… of clone(2)
NEW_THREAD = 0x00010000  # CLONE_THREAD

# What Docker's and Podman's default profile refuses to a container without capabilities (moby, profiles/seccomp):
# mounts, modules, clocks, keys, NUMA policies, other namespaces, tracing of the kernel, io_uring. Then clone and
# clone3, and the last call that a profile of 2024 knows.
_REFUSED = {
    "x86_64": (
        *(103, 134, 136, 139, 153, 155, *range(163, 181), 212, 227, *range(237, 240), 246, *range(248, 251), 272, 279),
        *(298, 300, 304, 305, 308, 312, 313, 320, 321, 323, *range(425, 434), 442, 443),
    ),
    "aarch64": (
        *(18, *range(39, 43), 58, 60, 89, 97, *range(104, 107), 112, 116, 142, 161, 162, 170, *range(217, 220)),
        *(224, 225, *range(235, 238), 239, 241, 262, 266, 268, 272, 273, 280, 282, 294, *range(425, 434), 442, 443),
    ),
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_LAST_KNOWN = 462


def refuse_calls(numbers: dict[int, int]) -> list[Rule]:
    """Rules that answer calls, by number, with an errno; after them the number is still loaded."""
    pairs = ([(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ERRNO | error)] for number, error in numbers.items())
    return [rule for pair in pairs for rule in pair]


def refuse_argument(number: int, offset: int, test: int, value: int, error: int) -> list[Rule]:
    """Rules that answer a call with an errno if its argument at an offset passes a test; the last of a filter."""
    return [(JUMP_EQUAL, 0, 3, number), (LOAD, 0, 0, offset), (test, 0, 1, value), (RETURN, 0, 0, ERRNO | error)]


def install(rules: list[Rule]) -> None:
    """Put the rules in force; what they do not decide is allowed."""
    rules = [(LOAD, 0, 0, NUMBER), *rules, (RETURN, 0, 0, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(rules), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    # Without the right to gain rights, no privilege is needed.
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no seccomp filter can be installed here")


def runtime_default() -> Callable[[], None]:
    """The step: about what the default profile of a container runtime leaves to an unprivileged container."""
    machine = os.uname().machine
    refused = dict.fromkeys(_REFUSED[machine], errno.EPERM) | {_CLONE3: errno.ENOSYS}
    rules = refuse_calls(refused)
    rules += [(JUMP_ABOVE, 0, 1, _LAST_KNOWN + 1), (RETURN, 0, 0, ERRNO | errno.ENOSYS)]
    rules += refuse_argument(_CLONE[machine], FIRST_ARGUMENT, JUMP_BITS, NEW_NAMESPACES, errno.EPERM)
    return lambda: install(rules)


def without_autobind() -> Callable[[], None]:
    """The step: a kernel that gives no abstract address of its choice to a socket that is bound to none (unix(7))."""
    bind = {"x86_64": 49, "aarch64": 200}[os.uname().machine]
    rules = refuse_argument(bind, THIRD_ARGUMENT, JUMP_EQUAL, FAMILY_ALONE, errno.EINVAL)
    return lambda: install(rules)


def without_threads() -> Callable[[], None]:
    """The step: no process can make a second thread, as at a limit of processes."""
    rules = refuse_calls({_CLONE3: errno.ENOSYS})  # whose flags are in memory: the C library tries clone then
    rules += refuse_argument(_CLONE[os.uname().machine], FIRST_ARGUMENT, JUMP_BITS, NEW_THREAD, errno.EAGAIN)
    return lambda: install(rules)
