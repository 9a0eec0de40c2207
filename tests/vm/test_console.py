"""What the host reads from a console: nothing that is missing there passes."""

from vm.console import Console

COMPLETE = """\
[    0.000000] Linux version 6.1.0-50-cloud-amd64
@@ machine 6.1.0-50-cloud-amd64 x86_64 5.41
@@ begin pod 5.50
@@ ok pod main exits with its code
@@ end pod 7.25 0
@@ done 7.30
[    9.1] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000700
"""


def fault(text: str) -> str:
    """Return what is wrong with the case `pod` of a console."""
    return Console(text).cases["pod"].fault


def test_a_complete_console() -> None:
    """Release, cases with their times, and the exit code of PID 1 are read."""
    console = Console(COMPLETE.replace("\n", "\r\n"))

    assert (console.release, console.machine, console.init_code) == ("6.1.0-50-cloud-amd64", "x86_64", 7)
    assert console.others == ["done"]
    assert console.cases["pod"].fault == ""
    assert console.cases["pod"].seconds == 1.75


def test_a_false_assertion_is_a_fault() -> None:
    """The line of the assertion is shown."""
    assert fault(COMPLETE.replace("@@ ok pod", "@@ bad pod")).startswith("main exits with its code")


def test_a_case_without_its_end_is_a_fault() -> None:
    """A machine that hangs has not ended its case."""
    assert fault(COMPLETE.replace("@@ end", "end")) == "it has not ended"


def test_a_script_that_failed_is_a_fault() -> None:
    """A case that stopped before its last assertion has asserted too little."""
    assert fault(COMPLETE.replace("7.25 0", "7.25 137")) == "its script exited with 137"


def test_a_case_without_assertions_is_a_fault() -> None:
    """Only a case that says why it can assert nothing may do so."""
    nothing = COMPLETE.replace("@@ ok pod main exits with its code\n", "")

    assert fault(nothing) == "it has asserted nothing"
    assert fault(nothing.replace("@@ end", "@@ none pod no such thing in this kernel\n@@ end")) == ""


def test_a_damaged_line_is_no_result() -> None:
    """Half a line, or one of an unknown case, counts for nothing."""
    console = Console("@@ end pod 7.25 0\n@@ begin pod\n@@\n@@ ok\n@@ machine 6.1\n")

    assert console.cases == {}
    assert console.release == ""
    assert console.init_code is None
