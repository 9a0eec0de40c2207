"""python -m website [OUT]: make the website of docs/ in dist/site, or in another folder.

MkDocs is in a separate environment, .build/site/venv, and is strict: a dead link or anchor fails.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

from website import chapters, collection, dialect, links

ROOT = Path(__file__).parents[2]
BUILD = ROOT / ".build" / "site"
HERE = Path(__file__).parent


def main() -> int:
    """Write the pages, then have MkDocs make the site. Return 0, 1 if MkDocs fails, or 2 for a dead link."""
    parser = argparse.ArgumentParser(prog="python -m website", description="make the website of docs/")
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "dist" / "site", help="the folder to write")
    out: Path = parser.parse_args().out.absolute()
    try:
        found = collection.collect(ROOT)
        write(found, BUILD / "pages")
    except links.DeadLinkError as error:
        print(f"website: {error}", file=sys.stderr)
        return 2
    pages = [found.places[path] for path in found.texts]
    configuration = BUILD / "mkdocs.yml"
    # JSON is YAML; what is inherited is the file that people edit.
    own = {
        "INHERIT": str(HERE / "mkdocs.yml"),
        "docs_dir": str(BUILD / "pages"),
        "site_dir": str(out),
        "nav": chapters.navigation(pages),
    }
    configuration.write_text(json.dumps(own, indent=1))
    if not build(configuration):
        return 1
    print(f"  {out}: {len(pages)} pages")
    return 0


def build(configuration: Path) -> bool:
    """Have MkDocs make the site, and print its warnings; False if there was one, or an error."""
    # Not --quiet: with it, warnings do not count for --strict.
    command = [str(BUILD / "venv/bin/mkdocs"), "build", "--strict", "--clean", "--config-file", str(configuration)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    )
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line and not line.startswith("INFO ")]
    if lines:
        print("\n".join(lines), file=sys.stderr)
    return done.returncode == 0


def write(found: collection.Collection, folder: Path) -> None:
    """Write all pages and pictures, with the links of the website; DeadLinkError."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in found.texts.items():
        target = folder / found.places[path]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dialect.converted(links.rewritten(text, place_from(found, path))))
    for path in found.raw:
        target = folder / found.places[path]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)
    shutil.copytree(HERE / "assets", folder / "assets")


def place_from(found: collection.Collection, source: PurePosixPath) -> "links.Place":
    """Return what gives the links of a page their places."""
    return lambda target: found.place(source, target)


if __name__ == "__main__":
    sys.exit(main())
