"""Words without quotes, as the YAML library of kubectl and of the API server reads them (sigs.k8s.io/yaml)."""

import math

VALUES: dict[str, object] = {
    "y": True, "Yes": True, "on": True, "TRUE": True, "n": False, "NO": False, "off": False, "false": False,
    "": None, "~": None, "Null": None, "0": 0, "7": 7, "-7": -7, "+7": 7, "1_000": 1000, "010": 8, "0o17": 15,
    "0b11": 3, "-0x1F": -31, "08": 8.0, "1.10": 1.1, ".5": 0.5, "5.": 5.0, "1e10": 1e10, "-2E-3": -0.002,
    "12e03": 12000.0, ".inf": math.inf, "-.Inf": -math.inf, "18446744073709551615": 2**64 - 1,
}  # fmt: skip
TEXTS = [
    "yEs", "oN", "nULL", "22:30", "1:30:00", "2026-01-31", "2026-01-31T12:00:00Z", "=", "1.2.3", "1e", "0x", "0b12",
    "e10", "+", ".", "_1", "1e10x", "+-1", "inf", "0o8", "latest", "Infinity", ".e5",
]  # fmt: skip
