"""What a word without quotes means to kubectl and the API server, whose library is neither YAML 1.1 nor 1.2.

`y` and 1e10 are no texts for it; 22:30 and a date are.
"""

import re

NULL = "tag:yaml.org,2002:null"
BOOL = "tag:yaml.org,2002:bool"
INT = "tag:yaml.org,2002:int"
FLOAT = "tag:yaml.org,2002:float"
TEXT = "tag:yaml.org,2002:str"
MERGE = "tag:yaml.org,2002:merge"

TRUE = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}
FALSE = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}
NOTHING = {"", "~", "null", "Null", "NULL"}
INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
WHOLE = re.compile(r"([-+]?)(?:0([xX])([0-9a-fA-F]+)|0([bB])([01]+)|0([oO]?)([0-7]+)|(0|[1-9][0-9]*))")
FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def read(word: str) -> tuple[object, str]:
    """Return the value of a word without quotes, and its tag."""
    if word in NOTHING:
        return None, NULL
    if word in TRUE or word in FALSE:
        return word in TRUE, BOOL
    if word == "<<":
        return word, MERGE
    if INFINITE.fullmatch(word):
        return float(word.replace(".", "")), FLOAT
    number = word.replace("_", "") if word[0] in "+-0123456789" else word
    if match := WHOLE.fullmatch(number):
        return whole(match), INT
    return (float(number), FLOAT) if FRACTION.fullmatch(number) else (word, TEXT)


def whole(match: re.Match[str]) -> int:
    """Return a whole number of one of the four bases."""
    sign, _, hexadecimal, _, binary, _, octal, decimal = match.groups()
    if decimal is not None:
        return int(sign + decimal)
    digits, base = (hexadecimal, 16) if hexadecimal else (binary, 2) if binary else (octal, 8)
    return int(sign + digits, base)
