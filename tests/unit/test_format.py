"""ext/base/format.h writes what snprintf(3) of the C library writes."""

import subprocess

from harness import programs


def test_texts_are_as_the_c_library_writes_them() -> None:
    """Formats of all kinds in buffers of all sizes give the text, and the length, of snprintf(3)."""
    done = subprocess.run([programs.program("formats")], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 5000
