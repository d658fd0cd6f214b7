"""What the tests of HTTP share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.asking import OK
from tests.integration.serving import Authority, Listening, Says, Server


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no bundle but a test's."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    return authority


@pytest.fixture
def listening() -> Iterator[Callable[[Listening], Any]]:
    all_of_them: list[Listening] = []

    def keep(each: Listening) -> Listening:
        all_of_them.append(each)
        return each

    yield keep
    for each in all_of_them:
        each.close()


@pytest.fixture
def serving(listening: Callable[[Listening], Any]) -> Callable[..., Server]:
    def serve(says: Callable[[int], Says] = lambda _: OK, **how: Any) -> Server:
        return listening(Server(says, **how))  # type: ignore[no-any-return]

    return serve
