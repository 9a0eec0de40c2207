"""The images: an index for each tag, an image for each architecture, and the bills of materials that refer to them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from release import bill
from release.archive import Entry, gzip, tar
from release.oci.layout import CONFIG, EMPTY, LAYER, Descriptor, Layout, text
from release.project import PROJECT, VERSION, created, epoch, image, repository, revision, static_file

USER = "65532:65532"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # podman looks for `kubexit` in it
BILL = "application/vnd.cyclonedx+json"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
CERTIFICATES_LICENCE = " AND MPL-2.0"


def about(licences: str) -> dict[str, str]:
    """Return the annotations of OCI for something with these licences, an SPDX expression."""
    page = f"https://github.com/{repository()}"
    return {
        f"org.opencontainers.image.{key}": value
        for key, value in {
            "title": PROJECT["name"],
            "description": PROJECT["description"],
            "version": VERSION,
            "revision": revision(),
            "created": created(),
            "licenses": licences,
            "source": page,
            "documentation": f"{page}/tree/v{VERSION}/docs",
        }.items()
    }


def program(arch: str) -> bytes:
    """Return the layer of the file, and `cp` as a link to it: manifests for the original call `cp`."""
    file = Entry("bin/kubexit", static_file(arch).read_bytes(), 0o555)
    return tar([Entry("bin/cp", mode=0o777, link="kubexit"), file], epoch(), folders=True)


def certificates(bundle: Path) -> bytes:
    """Return the layer of CA certificates."""
    return tar([Entry(CERTIFICATES, bundle.read_bytes(), 0o444)], epoch(), folders=True)


def configuration(arch: str, layers: Sequence[bytes], labels: dict[str, str]) -> dict[str, Any]:
    """Return the configuration of an image."""
    return {
        "created": created(),
        "architecture": arch,
        "os": "linux",
        "config": {
            "User": USER,
            "Env": [PATH],
            "Entrypoint": ["/bin/kubexit"],
            "WorkingDir": "/",
            "Labels": labels,
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(one).hexdigest()}" for one in layers]},
        "history": [{"created": created(), "comment": "kubexit"} for _ in layers],
    }


def add_image(layout: Layout, arch: str, layers: Sequence[bytes], annotations: dict[str, str]) -> Descriptor:
    """Add the image for an architecture; the descriptor has its platform."""
    config = layout.blob(text(configuration(arch, layers, annotations)), CONFIG)
    blobs = [layout.blob(gzip(layer), LAYER) for layer in layers]
    platform = {"architecture": arch, "os": "linux", **({"variant": "v8"} if arch == "arm64" else {})}
    return {**layout.manifest(config, blobs, annotations), "platform": platform}


def add_bill(layout: Layout, subject: Descriptor, arches: Sequence[str]) -> None:
    """Attach the bills of materials of these architectures to an image or an index, as a referrer."""
    blobs = [
        layout.blob(
            bill.path(arch).read_bytes(), BILL, annotations={"org.opencontainers.image.title": bill.path(arch).name}
        )
        for arch in arches
    ]
    target = {key: subject[key] for key in ("mediaType", "digest", "size")}
    notes = {"org.opencontainers.image.created": created()}
    empty = layout.blob(b"{}", EMPTY)
    found = layout.manifest(empty, blobs, notes, artifactType=BILL, subject=target)
    layout.refer(subject, [{**found, "artifactType": BILL, "annotations": notes}])


def make(layout: Layout, arches: Sequence[str], bundle: Path) -> dict[str, Descriptor]:
    """Write both images into a layout. Return the descriptors of the indexes by their tags.

    Args:
        layout: an empty one.
        arches: the architectures, for example amd64 and arm64; their static files are in dist/.
        bundle: the CA certificates of the second image.
    """
    made = {}
    for tag, added in ((VERSION, []), (f"{VERSION}-ca", [certificates(bundle)])):
        annotations = about(bill.licences(arches[0]) + (CERTIFICATES_LICENCE if added else ""))
        images = [add_image(layout, arch, [program(arch), *added], annotations) for arch in arches]
        made[tag] = layout.index(images, annotations)
        layout.name(made[tag], tag, image() if "/" in image() else f"docker.io/library/{image()}")
        for arch, one in zip(arches, images, strict=True):
            add_bill(layout, one, [arch])
        add_bill(layout, made[tag], arches)
    layout.finish()
    return made
