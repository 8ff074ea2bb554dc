"""Limits of the web server: threads, connections, sizes and times."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one process.

    A request runs in one of `threads` after it has arrived, and its response leaves without a thread.
    Downloads that are made on the way, and large uploads, occupy one of `long_threads`, of which one client
    may have `long_of_client`; more wait for `wait_seconds`.
    """

    threads: int = 4
    # While a page is made: pictures that are answered beside it.
    pictures_beside_pages: int = 1
    long_threads: int = 6
    long_of_client: int = 2
    wait_seconds: float = 30.0
    # Requests that wait for a thread.
    waiting: int = 500
    # Connections of all clients, and of one address; behind proxies: requests of one address at once.
    connections: int = 2000
    connections_of_client: int = 200
    # For the headers of a request, also the time that a connection may be idle.
    header_seconds: float = 20.0
    # A body ends when nothing comes for so long, or when it is slower than this in the mean.
    idle_seconds: float = 30.0
    least_bytes_per_second: int = 1024
    # A piece of a response must be taken within the time; a piece has 256 kB at most.
    write_seconds: float = 60.0
    # For what was sent of a refused body to arrive, so that the client reads the answer.
    linger_seconds: float = 5.0
    # Larger bodies are read only after the application has agreed.
    small_body_bytes: int = 2**20
    # Larger ones are not stored here first, but read by the application as they come.
    stored_body_bytes: int = 16 * 2**20
    # Trusted proxies in front, as in albums.http.client_address.
    proxies: int = 0


def limits_from_settings() -> Limits:
    """Return the limits that the settings give."""
    return Limits(
        # One process must not stop for a slow page; several share the work.
        threads=8 if settings.WEB_PROCESSES == 1 else 4,
        connections_of_client=settings.CLIENT_CONNECTIONS,
        proxies=settings.PROXIES,
    )
