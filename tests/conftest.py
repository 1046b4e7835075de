"""What holds for all tests: they leave the user's cache folder alone."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACELENS_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))
