"""The network of a pod: a namespace with only a loopback, so that fixed ports are always free."""

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1  # netdevice(7)


def enter() -> str | None:
    """Leave this machine's network for an empty one; None, or why that is not permitted here.

    Who is not root gets it inside of a user namespace, as the same user. To be called before any thread is
    started: a process with threads cannot change its user namespace (unshare(2)).
    """
    uid, gid = os.geteuid(), os.getegid()
    error = unshare(CLONE_NEWNET)
    if error and uid != 0:
        error = unshare(CLONE_NEWUSER | CLONE_NEWNET)
        if not error:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
            Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    if error:
        return os.strerror(error)
    loopback_up()
    return None


def unshare(flags: int) -> int:
    """unshare(2), which Python has from 3.12 on; 0 or the errno."""
    libc = ctypes.CDLL(None, use_errno=True)
    return ctypes.get_errno() if libc.unshare(flags) != 0 else 0


def loopback_up() -> None:
    """A new namespace begins with its loopback down."""
    with socket.socket() as any_socket:
        request = fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16sH22x", b"lo", 0))
        flags = struct.unpack("16sH22x", request)[1] | IFF_UP
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags))
