"""KUBEXIT_READY_NOTIFY: the command says READY=1 to NOTIFY_SOCKET, as with sd_notify(3)."""

import os
import select
import socket

import pytest

from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.waiting import ALARM
from harness.world import seccomp


def notified(kubexit: Kubexit, **settings: str) -> tuple[Supervised, socket.socket]:
    """A container, and a socket to its NOTIFY_SOCKET."""
    command = f"echo SOCKET $NOTIFY_SOCKET; exec {kubexit.program()} ready-then-wait --exit TERM=0"
    db = kubexit.start("sh", "-c", command, name="db", READY_NOTIFY="true", **settings)
    address = db.wait_line(r"^SOCKET (@\S+)$")[1]
    db.wait_line("READY")
    client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    client.connect("\0" + address[1:])
    return db, client


@pytest.mark.parametrize(
    "message",
    [b"READY=1", b"READY=1\n", b"STATUS=up\nREADY=1", b"READY=1\nMAINPID=4711\n", b"\nREADY=1", b"X=\0\nREADY=1"],
)
def test_ready_1_is_readiness(kubexit: Kubexit, message: bytes) -> None:
    """READY=1 as a whole line is readiness."""
    _, client = notified(kubexit)
    client.send(message)

    kubexit.wait_tombstone("db", "Ready")
    client.close()


@pytest.mark.behaviour("malformed-answer-is-no-2xx")
@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"READY=0",
        b"READY=11",
        b"XREADY=1",
        b" READY=1",
        b"STATUS=READY=1",
        b"ready=1",
        b"STOPPING=1",
        b"\xff" * 4096,
        b"READY=\n1",
    ],
)
def test_other_messages_are_no_readiness(kubexit: Kubexit, message: bytes) -> None:
    """Other messages are no readiness. Shown to fail by sending READY=1; messages are read in their order."""
    db, client = notified(kubexit)
    client.send(message)
    barrier(client)
    client.close()
    db.signal(15)
    db.wait()

    assert "Ready" not in (kubexit.tombstone("db") or {})


@pytest.mark.behaviour("malformed-answer-is-no-2xx")
def test_a_message_that_is_cut_is_no_readiness(kubexit: Kubexit) -> None:
    """READY=11 at the end of a message is no readiness, wherever kubexit cuts a message that is longer than it reads.

    Shown to fail without the check of the length: one of the messages is cut to READY=1.
    """
    db, client = notified(kubexit)
    for length in (*range(500, 530), *range(1010, 1040), *range(2030, 2060), *range(4080, 4110), *range(8180, 8210)):
        client.send(b"X" * (length - len(b"\nREADY=11")) + b"\nREADY=11")
    barrier(client)
    client.close()
    db.signal(15)
    db.wait()

    assert "Ready" not in (kubexit.tombstone("db") or {})


def test_other_messages_do_not_block_later_ones(kubexit: Kubexit) -> None:
    """A message without READY=1 does not keep the next one from being read."""
    _, client = notified(kubexit)
    for message in (b"STATUS=starting", b"", b"EXTEND_TIMEOUT_USEC=1", b"READY=1"):
        client.send(message)

    kubexit.wait_tombstone("db", "Ready")
    client.close()


def test_a_large_message_is_harmless(kubexit: Kubexit) -> None:
    """A very large message is harmless."""
    _, client = notified(kubexit)
    client.send(b"x" * 100_000)
    client.send(b"READY=1")

    kubexit.wait_tombstone("db", "Ready")
    client.close()


@pytest.mark.behaviour("notify-socket-stays")
def test_later_messages_do_no_harm(kubexit: Kubexit) -> None:
    """The socket stays: a command can send more than it can hold, and the last message is read too.

    Fails when the socket is closed at READY=1: then sending is refused.
    """
    db, client = notified(kubexit)
    client.send(b"READY=1")
    first = kubexit.wait_tombstone("db", "Ready")
    for _ in range(100):
        client.send(b"WATCHDOG=1\nREADY=1")
    barrier(client)
    client.close()
    db.signal(15)

    assert db.wait() == 0
    assert (kubexit.tombstone("db") or {})["Ready"] == first["Ready"]
    assert db.stderr.count("command is ready") == 1


@pytest.mark.behaviour("notify-socket-stays")
@pytest.mark.parametrize("messages", [[], [b"READY=1"], [b"STATUS=up"]], ids=str)
def test_a_barrier_is_answered(kubexit: Kubexit, messages: list[bytes]) -> None:
    """A barrier, with which systemd-notify(1) waits, is answered before and after READY=1."""
    _, client = notified(kubexit)
    for message in messages:
        client.send(message)
    barrier(client)
    client.close()


def barrier(client: socket.socket) -> None:
    """Send BARRIER=1 with a pipe's write end; return when the receiver has closed it (sd_notify_barrier(3))."""
    read_end, write_end = os.pipe()
    socket.send_fds(client, [b"BARRIER=1"], [write_end])
    os.close(write_end)
    readable, _, _ = select.select([read_end], [], [], ALARM)
    assert readable
    assert os.read(read_end, 1) == b""
    os.close(read_end)


def test_of_somebody_else(kubexit: Kubexit) -> None:
    """A NOTIFY_SOCKET in kubexit's environment is replaced, and all other variables stay."""
    env = {"NOTIFY_SOCKET": "/run/systemd/notify", "NOTIFY_SOCKET_2": "kept", "LAST": "1"}
    finished = kubexit.run("/usr/bin/env", READY_NOTIFY="true", env=env)
    lines = finished.stdout.splitlines()

    assert len([line for line in lines if line.startswith("NOTIFY_SOCKET=@")]) == 1
    assert "NOTIFY_SOCKET=/run/systemd/notify" not in lines
    assert {"NOTIFY_SOCKET_2=kept", "LAST=1"} <= set(lines)


@pytest.mark.behaviour("surroundings-unchanged")
def test_without_the_setting_the_socket_passes_unchanged(kubexit: Kubexit) -> None:
    """Without the setting a NOTIFY_SOCKET passes unchanged: it is for the command."""
    finished = kubexit.run("/usr/bin/env", env={"NOTIFY_SOCKET": "/run/systemd/notify"})

    assert "NOTIFY_SOCKET=/run/systemd/notify" in finished.stdout.splitlines()


def test_two_of_them(kubexit: Kubexit) -> None:
    """Two containers with one network do not hear each other."""
    one = kubexit.start("sh", "-c", "echo $NOTIFY_SOCKET; exec sleep 60", name="one", READY_NOTIFY="true")
    other = kubexit.start("sh", "-c", "echo $NOTIFY_SOCKET; exec sleep 60", name="other", READY_NOTIFY="true")

    assert one.wait_line("^@")[0] is not None
    assert one.wait_line("^(@.*)$")[1] != other.wait_line("^(@.*)$")[1]


@pytest.mark.behaviour("surroundings-unchanged")
def test_not_for_the_waiter(kubexit: Kubexit) -> None:
    """The socket is made for the command: a container that waits for birth does not have it yet."""
    script = kubexit.folder / "waiter"
    script.write_text('#!/bin/sh\necho "SOCKET=$NOTIFY_SOCKET" >&2\n')
    script.chmod(0o755)
    pod = {"POD_NAME": "p", "NAMESPACE": "n", "BIRTH_DEPS": "db"}
    finished = kubexit.run("true", waiter=script, READY_NOTIFY="true", **pod)

    assert "SOCKET=\n" in finished.stderr


def test_works_without_autobind(kubexit: Kubexit) -> None:
    """If the kernel chooses no address (gVisor before 2024), kubexit chooses one, another each time, and it works."""
    addresses = set()
    for name in ("one", "other"):
        step = seccomp.without_autobind()
        db = kubexit.start(
            "sh", "-c", "echo $NOTIFY_SOCKET; exec sleep 60", name=name, READY_NOTIFY="true", preexec_fn=step
        )
        address = db.wait_line("^@(kubexit-.*)$")[1]
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.sendto(b"READY=1", "\0" + address)
        kubexit.wait_tombstone(name, "Ready")
        addresses.add(address)

    assert len(addresses) == 2
