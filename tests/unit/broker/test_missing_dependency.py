"""A dependency that is missing: skipped at home, a failure in CI."""

from __future__ import annotations

import pytest

from tests.support.rabbit import lacking


def test_at_home_the_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no engine"):
        lacking("no engine")


def test_in_ci_the_test_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI must have it"):
        lacking("no engine")
