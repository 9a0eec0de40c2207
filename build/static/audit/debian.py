"""Whether Debian has uploaded a newer source package than the pinned one, to the pinned suite or for its security.

It runs apt with separate folders and sources: the apt of the machine knows only its suites, and mostly no sources.
Its archives, its proxies and its keyring are used; apt checks the signatures of what it fetches.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import fetch
from audit.finding import Finding

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
ADDED = ("", "-updates", "-security")  # to the name of a suite


def bases() -> tuple[str, str]:
    """The base URLs of Debian's archive and of its security archive, as apt is set up; "" for one that is not there.

    The two are known from each other: one has a suite, the other that suite's security.
    """
    command = ["apt-get", "indextargets", "--no-release-info", "--format", "$(RELEASE) $(REPO_URI)"]
    done = subprocess.run([*command, "Created-By: Packages"], capture_output=True, text=True, check=False)
    found = {suite: base.rstrip("/") for suite, base in re.findall(r"^(\S+) (\S+)$", done.stdout, re.MULTILINE)}
    for suite, base in found.items():
        if suite.endswith("-security") and suite.removesuffix("-security") in found:
            return found[suite.removesuffix("-security")], base
    return "", ""


def sources(suites: list[str]) -> str:
    """The text of a sources.list that has the source packages of these suites, with updates and security."""
    plain, security = bases()
    lines = []
    for suite in suites:
        for added in ADDED:
            if base := security if added == "-security" else plain:
                lines.append(f"deb-src [signed-by={KEYRING}] {base} {suite}{added} main\n")
    return "".join(lines)


def apt(*command: str, folder: Path, work: Path | None = None) -> str:
    """Run a command of apt with separate folders, in the folder `work`. Return what it prints."""
    options = {
        "Dir::State": folder / "state",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": folder / "cache",
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "APT::Sandbox::User": "root",
        "APT::Update::Post-Invoke-Success::": "",
    }
    given = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    done = subprocess.run([command[0], *given, *command[1:]], capture_output=True, text=True, check=False, cwd=work)
    return done.stdout


def uploads(packages: list[str], suites: list[str]) -> list[tuple[str, str, str]]:
    """Name, version and suite of each source package that the archives have now; empty when they cannot be asked."""
    folder = _folder()
    for part in ("state/lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "sources.list").write_text(sources(suites))
    apt("apt-get", "update", "-q", folder=folder)
    found = apt("apt-cache", "madison", *packages, folder=folder)
    return re.findall(r"^ *(\S+) \| *(\S+) \| \S+ ([^/ ]+)/main Sources$", found, re.MULTILINE)


def refusal(name: str, version: str) -> str:
    """Why the archives do not give a source package that they list; "" if they do."""
    with tempfile.TemporaryDirectory() as work:
        words = ["source", "--download-only", "--dsc-only", f"{name}={version}"]
        said = apt("apt-get", *words, folder=_folder(), work=Path(work))
        if any(Path(work).glob("*.dsc")):
            return ""
    reasons = re.findall(r"^ +(\d{3} +[^\[\n]+)", said, re.MULTILINE)
    return " ".join(reasons[0].split()) if reasons else "no reason given"


def _folder() -> Path:
    """Where apt keeps its lists of all suites."""
    return fetch.cache().parent / "apt"


def later(version: str, pinned: str) -> bool:
    """Whether a Debian version is later than another one."""
    return subprocess.run(["dpkg", "--compare-versions", version, "gt", pinned], check=False).returncode == 0


def findings() -> Iterator[Finding]:
    """What Debian's archives say of the pins in pins.toml."""
    pins = {pin.get("source-package", name): pin for name, pin in fetch.pins().items()}
    suites = sorted({pin["suite"] for pin in pins.values()})
    known = uploads(list(pins), suites) if shutil.which("apt-get") and KEYRING.exists() else []
    for name, pin in pins.items():
        own = [(version, suite) for package, version, suite in known if package == name]
        if not any(suite == pin["suite"] for _, suite in own):
            yield Finding("unknown", f"{name} {pin['debian']}: the archives of this machine's apt do not answer")
        for version, suite in own:
            maintained = suite.removesuffix("-updates").removesuffix("-security") == pin["suite"]
            if maintained and later(version, pin["debian"]):
                refused = refusal(name, version)
                missing = f", but the archive does not give its source ({refused}): try again later" if refused else ""
                yield Finding(
                    "RENEW" if suite.endswith("-security") else "newer",
                    f"{name}: {version} is in {suite}{missing}; pinned is {pin['debian']}",
                )
