"""What goes with the programs: sums, manual page, completions, chart, policies, the plugin for krew."""

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from harness.forms import FORMS, ROOT
from published.conftest import not_tested

pytestmark = pytest.mark.release


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command and what it wrote."""
    return subprocess.run(words, capture_output=True, text=True, env={**os.environ, **environment}, timeout=100)


def unpacked(archive: Path, folder: Path) -> Path:
    """The contents of an archive."""
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder


@pytest.mark.behaviour("sums-of-everything")
def test_sums_name_every_file(released: Path) -> None:
    """sha256sum --check is content, and no file of the release is missing in the list."""
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=released, capture_output=True, text=True
    )
    named = {line.split("  ")[1] for line in (released / "SHA256SUMS").read_text().splitlines()}

    assert checked.returncode == 0, checked.stderr
    assert named == {file.name for file in released.iterdir()} - {"SHA256SUMS"}


@pytest.mark.behaviour("manual-page")
def test_the_manual_page_is_valid(released: Path) -> None:
    """groff formats the page without a warning."""
    if shutil.which("groff") is None:
        not_tested("groff is not installed (apt-get install groff-base)")
    done = run("groff", "-man", "-Tutf8", "-P-cbou", "-ww", "-rLL=200n", released / "kubexit.1")

    assert (done.returncode, done.stderr) == (0, "")
    assert "EXIT STATUS" in done.stdout


@pytest.mark.behaviour("manual-page")
def test_the_manual_page_has_all_that_the_help_has(released: Path) -> None:
    """Each setting, option and exit code of --help is an entry of the page."""
    help_text = run(FORMS["static"].path, "--help").stdout
    page = (released / "kubexit.1").read_text().replace("\\-", "-")
    names = set(re.findall(r"^  (KUBEXIT_[A-Z_]+)=", help_text, re.MULTILINE)) | set(
        re.findall(r"^  (--[a-z]+)", help_text, re.M)
    )
    codes = set(re.findall(r"^  +(\d+)  ", help_text, re.MULTILINE))

    assert len(names) > 40
    assert len(codes) > 4
    assert [name for name in names | codes if f".TP\n\\fB{name}\\fR" not in page] == []


@pytest.mark.behaviour("completions-of-kubexit")
def test_bash_completes_the_options(released: Path, tmp_path: Path) -> None:
    """After the file is read, bash completes options and the values of --output."""
    folder = unpacked(released / "kubexit-completions.tar.gz", tmp_path)
    script = 'source "$0"; COMP_WORDS=(kubexit "${@}"); COMP_CWORD=$#; _kubexit; echo "${COMPREPLY[@]}"'
    bash = ("bash", "--norc", "-c", script, folder / "bash/kubexit")

    assert run(*bash, "--sta").stdout.split() == ["--status"]
    assert run(*bash, "--status", "--output", "j").stdout.split() == ["json"]


@pytest.mark.behaviour("completions-of-kubexit")
@pytest.mark.parametrize(("shell", "path"), [("bash", "bash/{}"), ("zsh", "zsh/_{}"), ("fish", "fish/{}.fish")])
def test_each_shell_reads_its_completions(shell: str, path: str, released: Path, tmp_path: Path) -> None:
    """There is a file of each program for each shell, and the shell can read it."""
    folder = unpacked(released / "kubexit-completions.tar.gz", tmp_path)
    files = [folder / path.format(name) for name in ("kubexit", "kubectl-kubexit")]

    assert all(file.read_text().count("kubexit") > 1 for file in files)
    if shutil.which(shell) is None:
        not_tested(f"{shell} is not installed")
    for file in files:
        done = run(shell, "-n", file)
        assert done.returncode == 0, done.stderr


@pytest.mark.behaviour("chart-is-published")
def test_helm_reads_the_chart(released: Path, version: str, tool: Callable[[str], Path]) -> None:
    """Helm renders the package; the image is pinned by the digest of the release."""
    chart = released / f"kubexit-{version}.tgz"
    shown = run(tool("helm"), "show", "chart", chart)
    rendered = run(tool("helm"), "template", "kubexit", chart, "--kube-version", "1.36.0")

    assert shown.returncode == 0, shown.stderr
    assert rendered.returncode == 0, rendered.stderr
    kinds = sorted(thing["kind"] for thing in yaml.safe_load_all(rendered.stdout))
    assert kinds == sorted(
        f"{kind}AdmissionPolicy{end}" for kind in ("Mutating", "Validating") for end in ("", "Binding")
    )
    assert digest(released, version) in rendered.stdout


@pytest.mark.behaviour("chart-is-published")
def test_the_base_and_the_file_have_the_same_policies(
    released: Path, version: str, tmp_path: Path, tool: Callable[[str], Path]
) -> None:
    """Kustomize builds the unpacked base to what kubexit-policies.yaml has, with the digest of the release."""
    folder = unpacked(released / "kubexit-kustomize.tar.gz", tmp_path)
    built = run(tool("kustomize"), "build", folder / "kubexit")
    text = (released / "kubexit-policies.yaml").read_text()

    assert built.returncode == 0, built.stderr
    assert by_name(built.stdout) == by_name(text)
    assert digest(released, version) in text


@pytest.mark.behaviour("plugin-for-krew")
def test_krew_installs_the_plugin(released: Path, version: str, tmp_path: Path, tool: Callable[[str], Path]) -> None:
    """krew installs the archive by the manifest, without the network, and the plugin then runs by its name."""
    home = {"KREW_ROOT": str(tmp_path / "krew"), "HOME": str(tmp_path)}
    words = ("install", "--manifest", released / "kubexit.yaml", "--archive", released / "kubectl-kubexit.tar.gz")
    installed = run(tool("krew"), *words, **home)
    assert installed.returncode == 0, installed.stderr
    plugin = tmp_path / "krew/bin/kubectl-kubexit"
    clean = {"PATH": "/usr/bin:/bin", **home}
    told = subprocess.run([plugin, "--version"], capture_output=True, text=True, env=clean, timeout=100)
    example = ROOT / "examples/job-with-proxy.yaml"
    checked = subprocess.run([plugin, "check", "-f", example], capture_output=True, text=True, env=clean, timeout=100)

    assert told.returncode == 0, told.stderr
    assert version in told.stdout
    assert (checked.returncode, checked.stderr) == (0, "")


def digest(released: Path, version: str) -> str:
    """The digest of the image, as it is published."""
    return str(yaml.safe_load((released / "digests.json").read_text())[version])


def by_name(text: str) -> dict[tuple[str, str], object]:
    """Objects by kind and name."""
    return {(thing["kind"], thing["metadata"]["name"]): thing for thing in yaml.safe_load_all(text)}
