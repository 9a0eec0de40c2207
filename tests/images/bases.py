"""Base images that kubexit is copied into, made here, without a registry, of Debian's packages.

They take the place of the images whose names they bear. To a static file and its command they are the same in
which loader and libraries there are, who is in /etc/passwd, whether there is a shell. Packages are unpacked and not
configured. What is made is kept outside the tree, by the versions of the packages.
"""

import hashlib
import os
import shutil
import stat
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.forms import ROOT
from images.engine import Engine, UnavailableError

LIBC = ("libc6", "libgcc-s1")
SHELL = ("dash", "coreutils", "libselinux1", "libpcre2-8-0", "libacl1", "libattr1", "libgmp10")
PYTHON = ("python3.11", "python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib")
PYTHON_LIBRARIES = ("libexpat1", "zlib1g", "libssl3", "libffi8", "libbz2-1.0", "liblzma5")
POSTGRESQL = ("postgresql-15", "postgresql-client-15", "libpq5")
# What its programs are linked with, and what those libraries are.
POSTGRESQL_LIBRARIES = (
    *("libaudit1", "libcap-ng0", "libcap2", "libcom-err2", "libffi8", "libgcrypt20", "libgmp10", "libgnutls30"),
    *("libgpg-error0", "libgssapi-krb5-2", "libhogweed6", "libicu72", "libidn2-0", "libk5crypto3", "libkeyutils1"),
    *("libkrb5-3", "libkrb5support0", "libldap-2.5-0", "liblz4-1", "liblzma5", "libnettle8", "libp11-kit0"),
    *("libpam0g", "libreadline8", "libsasl2-2", "libssl3", "libstdc++6", "libsystemd0", "libtasn1-6", "libtinfo6"),
    *("libunistring2", "libxml2", "libzstd1", "zlib1g", "tzdata"),
)


@dataclass(frozen=True)
class Base:
    """One base image; `loader` names the libc whose dynamic programs run there."""

    name: str
    packages: tuple[str, ...] = ()
    finish: Callable[[Path], None] = lambda root: None
    loader: str = ""
    shell: bool = False
    merged: bool = True  # /bin is a link to /usr/bin

    def __str__(self) -> str:
        return self.name

    def image(self, engine: Engine) -> str:
        """The name of the image, made when first asked for."""
        if self.name == "scratch":
            return self.name
        tag = engine.name(self.name)
        if tag not in engine.images:
            engine.load(self.archive(), tag)
        return tag

    def archive(self) -> Path:
        """The root file system as a tar archive in the cache."""
        listed = sorted(_apt("download", "--print-uris", *self.packages).splitlines()) if self.packages else []
        recipe = Path(__file__).read_text()
        key = hashlib.sha256("\n".join([recipe, self.name, *listed]).encode()).hexdigest()[:16]
        archive = _cache() / f"{self.name.replace('/', '-').replace(':', '-')}-{key}.tar"
        if not archive.exists():
            archive.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder) / "root"
                self._unpack(root)
                self.finish(root)
                draft = archive.with_suffix(f".{os.getpid()}.tmp")
                with tarfile.open(draft, "w") as tar:
                    tar.add(root, ".", filter=_owned_by_root)
                for old in archive.parent.glob(archive.name.replace(key, "*")):
                    old.unlink()
                draft.rename(archive)
        return archive

    def _unpack(self, root: Path) -> None:
        """The folders that every image has, and the files of the packages."""
        for name in ("bin", "sbin", "lib", "lib64"):
            (root / "usr" / name if self.merged else root / name).mkdir(parents=True)
            if self.merged:
                (root / name).symlink_to(f"usr/{name}")
        for name in ("etc", "root", "home", "var", "tmp", "dev", "proc", "sys"):
            (root / name).mkdir()
        (root / "tmp").chmod(0o1777)
        debs = root.parent / "debs"
        debs.mkdir()
        if self.packages:
            _apt("download", *self.packages, folder=debs)
        for deb in debs.iterdir():
            subprocess.run(["dpkg-deb", "--extract", deb, root], check=True, timeout=60)


def _users(root: Path) -> None:
    """The users of the distroless images, and what else a static program may look at."""
    (root / "etc/passwd").write_text("root:x:0:0::/root:/sbin/nologin\nnonroot:x:65532:65532::/home/nonroot:/x\n")
    (root / "etc/group").write_text("root:x:0:\nnonroot:x:65532:\n")
    (root / "etc/nsswitch.conf").write_text("hosts: files dns\n")


def _shell(root: Path) -> None:
    (root / "usr/bin/sh").symlink_to("dash")


def _python(root: Path) -> None:
    _shell(root)
    (root / "usr/bin/python3").symlink_to("python3.11")


def _postgresql(root: Path) -> None:
    """PostgreSQL's own user, its programs on the PATH, and an entry point as the image's is."""
    _shell(root)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/sh\n")
    for program in (root / "usr/lib/postgresql/15/bin").iterdir():
        link = root / "usr/local/bin" / program.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(f"/usr/lib/postgresql/15/bin/{program.name}")
    for unused in ("doc", "man", "locale", "postgresql/15/man"):
        shutil.rmtree(root / "usr/share" / unused, ignore_errors=True)
    shutil.rmtree(root / "usr/lib/postgresql/15/lib/bitcode")  # for a compiler that is not here
    (root / "var/run").symlink_to("/run")
    (root / "run/postgresql").mkdir(parents=True)
    entry = root / "usr/local/bin/docker-entrypoint.sh"
    entry.write_text((ROOT / "examples/programs/postgres.sh").read_text())
    entry.chmod(0o755)


def _applets(root: Path) -> None:
    """busybox by all its names."""
    busybox = root / "bin/busybox"
    listed = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True, timeout=60)
    for applet in listed.stdout.split():
        if not (root / "bin" / applet).exists():
            (root / "bin" / applet).symlink_to("busybox")


def _owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode &= ~(stat.S_ISUID | stat.S_ISGID)
    return entry


def _apt(*words: str, folder: Path | None = None) -> str:
    try:
        done = subprocess.run(["apt-get", "-q", *words], cwd=folder, capture_output=True, text=True, timeout=300)
    except FileNotFoundError as missing:
        raise UnavailableError("base images are made of Debian's packages, and there is no apt-get") from missing
    if done.returncode != 0:
        raise UnavailableError(f"Debian's packages are not available: {done.stderr.strip()}")
    return done.stdout


def _cache() -> Path:
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubexit"
    return Path(os.environ.get("KUBEXIT_CACHE") or caches) / "images"


BASES = (
    Base("scratch"),
    Base("distroless/static:nonroot", finish=_users),
    Base("distroless/base:nonroot", (*LIBC, "libssl3"), _users, loader="glibc"),
    Base("alpine:3.20", ("musl", "busybox-static"), _applets, loader="musl", shell=True, merged=False),
    Base("debian:12", (*LIBC, *SHELL, "base-files"), _shell, loader="glibc", shell=True),
)
ALPINE = BASES[3]
POSTGRES = Base(
    "postgres:17",
    tuple(dict.fromkeys((*LIBC, *SHELL, *POSTGRESQL, *POSTGRESQL_LIBRARIES))),
    _postgresql,
    loader="glibc",
    shell=True,
)
PYTHON_SLIM = Base("python:3.11-slim", (*LIBC, *SHELL, *PYTHON, *PYTHON_LIBRARIES), _python, "glibc", shell=True)
