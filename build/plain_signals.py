"""plain_signals.py COMMAND… — run a command with no signal ignored.

nohup, a shell's `&` and make leave signals ignored, and that is inherited; the tests want to know how a signal came
in. make starts its commands by posix_spawn(3), which ignores 32 and 33, the C library's own: no C function and no
`env --default-signal` reaches those, only the system call.
"""

import ctypes
import os
import sys

RT_SIGACTION = {"x86_64": 13, "aarch64": 134}
SIGNALS = 64
DEFAULT_ACTION = bytes(64)  # struct sigaction of the kernel, which is shorter: SIG_DFL, no flags, empty mask

if __name__ == "__main__":
    call = ctypes.CDLL(None).syscall
    for number in range(1, SIGNALS + 1):
        call(RT_SIGACTION[os.uname().machine], number, DEFAULT_ACTION, None, SIGNALS // 8)
    os.execvp(sys.argv[1], sys.argv[1:])
