"""relocations.py ELF — let the program start with its own relocations alone; the interpreter's are left for later.

A static PIE finds its relocations by its dynamic section: where the packed list is (DT_RELR) and how long
(DT_RELRSZ). The list is sorted by address and the supervisor's data come first (layout.ld), so theirs are a
beginning of the list. It is copied to the place that layout.ld keeps among the supervisor's pages, and the dynamic
section is made to name the copy. ext/static/relocate.c goes through the rest of the list.

The format is that of the ELF gABI, "Relative relocation table": an even entry is an address, an odd one is a bitmap
of the 63 words behind the words of the entry before.
"""

import struct
import sys
from pathlib import Path

DT_RELRSZ, DT_RELR = 35, 36
WORD = 8


class Elf:
    """A 64-bit little-endian ELF file in memory: its sections by name."""

    def __init__(self, data: bytearray) -> None:
        self.data = data
        (headers,) = struct.unpack_from("<Q", data, 40)
        count, names = struct.unpack_from("<HH", data, 60)
        rows = [struct.unpack_from("<IIQQQQ", data, headers + 64 * index) for index in range(count)]
        text = rows[names][4]
        self._rows = {data[text + row[0] : data.index(0, text + row[0])].decode(): row for row in rows}

    def address(self, section: str) -> int:
        """Where a section is in memory."""
        return int(self._rows[section][3])

    def words(self, section: str) -> list[int]:
        """A section as 64-bit words."""
        _, _, _, _, offset, size = self._rows[section]
        return list(struct.unpack_from(f"<{size // WORD}Q", self.data, offset))

    def write(self, section: str, words: list[int]) -> None:
        """Overwrite the beginning of a section; it may not be too small."""
        _, _, _, _, offset, size = self._rows[section]
        if len(words) * WORD > size:
            raise SystemExit(f"kubexit: {section} holds {size} bytes and {len(words) * WORD} are needed: see layout.ld")
        struct.pack_into(f"<{len(words)}Q", self.data, offset, *words)

    def has(self, section: str) -> bool:
        """Whether there is such a section, with something in it."""
        return section in self._rows and self._rows[section][5] > 0


def beginning(entries: list[int], limit: int) -> list[int]:
    """The entries for addresses below the limit; no bitmap may reach over it."""
    own: list[int] = []
    where = 0
    for entry in entries:
        if entry & 1 == 0:
            if entry >= limit:
                break
            where = entry + WORD
        else:
            last = where + WORD * ((entry >> 1).bit_length() - 1)
            if last >= limit:
                raise SystemExit(
                    "kubexit: a relocation entry is for the supervisor's and the interpreter's data at once"
                )
            where += 63 * WORD
        own.append(entry)
    return own


def main(path: str) -> None:
    """Change the file in place."""
    elf = Elf(bytearray(Path(path).read_bytes()))
    if elf.has(".rela.dyn"):
        raise SystemExit("kubexit: there are relocations that do not fit into the packed list (an unaligned pointer?)")
    own = beginning(elf.words(".relr.dyn"), elf.address(".data.rel.ro"))
    elf.write(".own.relr", own)
    dynamic = elf.words(".dynamic")
    for index in range(0, len(dynamic), 2):
        if dynamic[index] == DT_RELR:
            dynamic[index + 1] = elf.address(".own.relr")
        elif dynamic[index] == DT_RELRSZ:
            dynamic[index + 1] = len(own) * WORD
    elf.write(".dynamic", dynamic)
    Path(path).write_bytes(elf.data)


if __name__ == "__main__":
    main(*sys.argv[1:])
