"""licences.py FILE PREFIX OUT — the licences of kubexit and of everything inside FILE, one after the other, in OUT."""

import sys
from pathlib import Path

from inventory import ROOT, inventory

RULE = "=" * 79


def section(heading: str, texts: tuple[Path, ...]) -> str:
    """The words of one licence under a heading; a missing or empty file is an error."""
    words = [text.read_text(encoding="utf-8").strip("\n") for text in texts]
    if not words or not all(words):
        raise SystemExit(f"kubexit: no licence text for {heading}")
    return "\n".join([RULE, heading, RULE, "", "\n\n".join(words), "", ""])


def main(file: str, prefix: str, out: str) -> None:
    """Write them."""
    parts = inventory(Path(file), Path(prefix))
    listed = "\n".join(f"    {part.name} {part.version}: {part.licence}" for part in parts)
    head = f"kubexit is licensed under Apache-2.0. Its static file also contains:\n\n{listed}\n\n"
    sections = [section("kubexit: Apache-2.0", (ROOT / "LICENSE",))]
    sections += [section(f"{part.name} {part.version}: {part.licence}", part.texts) for part in parts]
    Path(out).write_text(head + "\n".join(sections), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
