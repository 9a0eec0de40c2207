"""What the tests take for granted of their harness on a busy machine."""

from pathlib import Path

import hypothesis

from harness.observer import Observer


def test_no_event_behind_the_wanted_one_is_lost(tmp_path: Path) -> None:
    """Events that were read together with the one that was waited for are seen later."""
    eye = Observer(tmp_path, patience=0)
    for name in ("first", "second", "third"):
        (tmp_path / name).mkdir()
    eye.until(lambda event: event.file == "first")

    assert [event.file for event in eye.so_far()] == ["first", "second", "third"]


def test_examples_have_no_deadline() -> None:
    """A machine that does something else for a moment makes no example of hypothesis a failure."""
    assert hypothesis.settings.default is not None
    assert hypothesis.settings.default.deadline is None
    assert hypothesis.HealthCheck.too_slow in hypothesis.settings.default.suppress_health_check
