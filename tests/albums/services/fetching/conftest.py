"""A server on this machine, reached as a public one."""

from collections.abc import Iterator

import pytest

from tests.albums.services.fetching.servers import (
    HOST,
    PUBLIC_ADDRESS,
    LocalNetwork,
    LocalServer,
    local_server,
)


@pytest.fixture(autouse=True)
def _links_allowed(settings) -> None:
    settings.PICTURE_LINKS = True


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


@pytest.fixture
def network(server: LocalServer) -> LocalNetwork:
    return LocalNetwork(server, {HOST: [PUBLIC_ADDRESS]})
