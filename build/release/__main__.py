"""Make a part of the release: python -m release PART OUT ARCH…; build/release.sh runs all parts in their order."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from release import certificates, papers, plugin, source, wheel
from release.oci import chart, image
from release.oci.layout import Layout
from release.project import VERSION, ReleaseError, epoch
from website.links import DeadLinkError

IMAGE_LAYOUT, CHART_LAYOUT = "image", "chart"


def wheels(out: Path, arches: list[str]) -> None:
    """The wheels and the source archive of kubexit."""
    for arch in arches:
        wheel.make(arch, out)
    source.make(out)


def plugins(out: Path, _: list[str]) -> None:
    """kubectl-kubexit for pip and for krew."""
    plugin.make(out)
    plugin.write(out)


def images(out: Path, arches: list[str]) -> None:
    """The images as a layout and as an archive; the digests by their tags."""
    layout = Layout(fresh(out.parent / "oci" / IMAGE_LAYOUT))
    made = image.make(layout, arches, certificates.path())
    (out / f"kubexit-{VERSION}-oci.tar").write_bytes(layout.archive(epoch()))
    digests = {tag: descriptor["digest"] for tag, descriptor in made.items()}
    (out / "digests.json").write_text(json.dumps(digests, indent=2) + "\n")


def charts(out: Path, _: list[str]) -> None:
    """The chart, with the digest of the image as its default; the policies as one file and as a Kustomize base."""
    digest = json.loads((out / "digests.json").read_text())[VERSION]
    chart.write(out, digest)
    chart.make(Layout(fresh(out.parent / "oci" / CHART_LAYOUT)), chart.package(digest))


def pages(out: Path, arches: list[str]) -> None:
    """The static files with their papers, the manual page, the completions."""
    papers.write(out, arches)


def sums(out: Path, _: list[str]) -> None:
    """The sums of everything, last."""
    (out / papers.SUMS).write_text(papers.sums(out))


def fresh(folder: Path) -> Path:
    """Return the path of a folder that is no longer there."""
    if folder.exists():
        shutil.rmtree(folder)
    return folder


PARTS: dict[str, Callable[[Path, list[str]], None]] = {
    part.__name__: part for part in (wheels, plugins, images, charts, pages, sums)
}


def main(words: list[str]) -> int:
    """Make one part; 2 and one line if a word is unknown or something that it needs is missing."""
    if len(words) < 3 or words[0] not in PARTS:
        print(f"usage: python -m release {'|'.join(PARTS)} OUT ARCH...", file=sys.stderr)
        return 2
    try:
        PARTS[words[0]](Path(words[1]).absolute(), words[2:])
    except (ReleaseError, DeadLinkError) as error:
        print(f"kubexit: {error}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"kubexit: {' '.join(map(str, error.cmd[:4]))} ... exited with {error.returncode}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
