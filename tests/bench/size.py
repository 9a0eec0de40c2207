"""What a program adds to an image."""

import gzip
import io
import tarfile

from bench.programs import Program


def sizes(program: Program) -> dict[str, int]:
    """Bytes of its file, and of an image's layer with it alone, compressed as registries keep them."""
    file = program.file
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        entry = tarfile.TarInfo(file.name)
        entry.size, entry.mode = file.stat().st_size, 0o755
        with file.open("rb") as content:
            archive.addfile(entry, content)
    return {"size": file.stat().st_size, "image": len(gzip.compress(layer.getvalue(), 9, mtime=0))}
