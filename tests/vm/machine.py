"""A machine in QEMU, without KVM: it boots, runs its cases and ends by itself, or is stopped at its time limit."""

import os
import platform
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from harness.forms import BUILD, ROOT
from harness.servers.certificates import authority

from . import archive
from .console import Console
from .initramfs import Initramfs
from .pins import Pin, pins

GUEST = Path(__file__).with_name("guest")
FOLDER = BUILD / "vm"
SECONDS = 900  # for all cases; an emulated machine on a busy processor is slow
MEMORY = "512M"
KERNELS = ("vmlinuz",)
# panic=-1: when PID 1 has exited, the kernel shows its exit code, restarts at once, and QEMU ends.
PARAMETERS = "panic=-1 quiet rdinit=/init"
EMULATORS = {
    # Without five levels of page tables, which are slow to emulate.
    "amd64": ("qemu-system-x86_64", "-machine", "pc", "-cpu", "max,la57=off"),
    "arm64": ("qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72"),
}
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
# The machine's time is counted in instructions, and jumps to the next timer when it is idle. So its time limits hold on
# a busy processor, and it does not sleep in the time of the tests.
CLOCK = ("-accel", "tcg", "-icount", "shift=0,sleep=off", "-rtc", "clock=vm")
CONSOLES = {"amd64": "ttyS0", "arm64": "ttyAMA0"}


class MachineError(Exception):
    """A machine cannot be started; the text says what is missing."""


def cases() -> list[str]:
    """Return the names of all cases, in the order in which a machine runs them."""
    return sorted(path.stem for path in (GUEST / "cases").glob("*.sh"))


@dataclass
class Ended:
    """A machine that has ended: what its console shows, and how long it took."""

    pin: Pin
    console: Console
    seconds: float
    stopped: bool

    def row(self) -> str:
        """Return a row of the table in docs/develop/kernels.md: kernel, machine, cases, assertions, seconds."""
        found = self.console.cases.values()
        passed = sum(not case.fault for case in found)
        truths = sum(len(case.good) for case in found)
        kernel = f"{self.console.release or 'did not boot'} ({self.pin.suite})"
        cells = (self.pin.name, kernel, self.pin.arch, f"{passed} of {len(cases()) + 1}", truths, f"{self.seconds:.0f}")
        return f"| {' | '.join(map(str, cells))} |"


class Machine:
    """One kernel with dist/kubexit-linux-ARCH; `warnings` says if the kernel is not the pinned one."""

    def __init__(self, pin: Pin) -> None:
        self.warnings: list[str] = []
        self._folder = FOLDER / pin.name
        self._folder.mkdir(parents=True, exist_ok=True)
        self.pin, kernel = self._package(pin)
        self._kernel = archive.extracted(kernel, KERNELS, self._folder / "vmlinuz")
        self._initramfs = self._folder / "initramfs"

    def _package(self, pin: Pin) -> tuple[Pin, Path]:
        try:
            return archive.package(pin, self.warnings)
        except archive.ArchiveError as error:
            raise MachineError(str(error)) from None

    def prepare(self, chosen: list[str]) -> None:
        """Write the archive that the kernel unpacks as its root: busybox, kubexit and the cases."""
        arch = self.pin.arch
        kubexit = ROOT / "dist" / f"kubexit-linux-{arch}"
        if not kubexit.exists():
            raise MachineError(f"there is no dist/{kubexit.name}; build it with: make static ARCH={arch}")
        _, deb = self._package(pins("busybox")[arch])
        busybox = archive.extracted(deb, ("busybox",), self._folder / "busybox")
        root = Initramfs()
        for name in ("proc", "sys", "run", "tmp"):
            root.folder(name)
        root.device("dev/console", 5, 1)
        root.file("bin/busybox", busybox.read_bytes())
        root.file("bin/kubexit", kubexit.read_bytes())
        root.file("bin/contain", contain(arch).read_bytes())
        root.file("bin/worker", (GUEST / "worker.sh").read_bytes())
        root.tree("guest", GUEST)
        root.file("guest/ca.crt", authority(self._folder).certificate.read_bytes())
        root.file("guest/chosen", " ".join(chosen).encode())
        root.file("init", (GUEST / "init.sh").read_bytes())
        self._initramfs.write_bytes(root.packed())

    def run(self, seconds: int = SECONDS) -> Ended:
        """Boot, and return when it has ended, or was stopped because its time was over."""
        emulator, *words = EMULATORS[self.pin.arch]
        if shutil.which(emulator) is None:
            raise MachineError(f"{emulator} is not installed; build/machine.sh vm installs it")
        console = self._folder / "console"
        console.unlink(missing_ok=True)
        command = [emulator, *words, *CLOCK, "-smp", "1", "-m", MEMORY, "-nodefaults", "-display", "none"]
        command += ["-monitor", "none", "-no-reboot", "-serial", f"file:{console}"]
        command += ["-kernel", str(self._kernel), "-initrd", str(self._initramfs)]
        command += ["-append", f"console={CONSOLES[self.pin.arch]} {PARAMETERS}"]
        begin, stopped = time.monotonic(), False
        with (self._folder / "qemu.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as qemu:
            try:
                qemu.wait(seconds)
            except subprocess.TimeoutExpired:
                stopped = True
            finally:
                qemu.kill()
        text = console.read_text(errors="replace") if console.exists() else ""
        text += (self._folder / "qemu.log").read_text()
        return Ended(self.pin, Console(text), time.monotonic() - begin, stopped)


def contain(arch: str) -> Path:
    """Return contain.c, compiled for the machine: for another architecture by the compiler of the static file."""
    source, folder = GUEST / "contain.c", FOLDER / arch
    binary = folder / "contain"
    if binary.exists() and binary.stat().st_mtime > source.stat().st_mtime:
        return binary
    folder.mkdir(parents=True, exist_ok=True)
    compiler = os.environ.get("CC", "cc")
    if platform.machine() != MACHINES[arch]:
        subprocess.run(["build/static/compiler.sh", arch, str(folder)], cwd=ROOT, check=True)
        compiler = str(folder / "cc")
    draft = binary.with_suffix(".new")
    subprocess.run([compiler, "-static", "-O2", "-Wall", "-Wextra", "-o", draft, source], cwd=ROOT, check=True)
    return draft.replace(binary)
