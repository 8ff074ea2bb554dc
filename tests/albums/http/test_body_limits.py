"""albums.http.body_limits: a body that is too large is refused before anything of it is stored."""

import inspect
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings
from rest_framework.parsers import MultiPartParser

from albums.http import body_limits
from albums.models import Album
from albums.services.uploading.quotas import quota_set
from api.models import ApiToken
from api.tokens import token_create
from api.views.base import ApiView
from api.views.uploads import PieceParser
from config.web_server.body_check import BODY_LENGTH
from config.web_server.limits import Limits
from tests.config.web_server.serving import serving

MB = 2**20
FORM = "multipart/form-data; boundary=part"
JSON = {"Accept": "application/json"}


def announced(client: Client, path: str, length: int, *, method: str = "POST", **options: Any) -> Any:
    """The answer to a request that announces a body, of which nothing is read."""
    return client.generic(method, path, b"", FORM, CONTENT_LENGTH=str(length), **options)


def question(client: Client, path: str, length: int, *, method: str = "POST", **options: Any) -> Any:
    """The answer to the web server's question about a body."""
    return announced(client, path, length, method=method, **{BODY_LENGTH: length}, **options)


def test_a_visitor_sends_at_most_a_megabyte_to_any_page_or_operation(client: Client, ada: User) -> None:
    for path in ("/sign-in/", "/upload/", "/albums/", "/studio/verify/"):
        page = announced(client, path, 1500 * MB)
        assert page.status_code == 413
        assert "at most 1 MB" in page.content.decode()
        answer = announced(client, path, MB + 1, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    answer = announced(client, "/api/v1/sign-in/", 3 * MB, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    # The token is checked before the size.
    assert announced(client, "/api/v1/images/upload/", 3 * MB).status_code == 401
    wrong = {"Authorization": "Bearer tro_wrong"}
    assert question(client, "/api/v1/images/upload/", 3 * MB, headers=wrong).status_code == 401


def test_an_account_sends_files_only_where_files_are_taken(client: Client, owner: User) -> None:
    client.force_login(owner)
    assert announced(client, "/albums/", 3 * MB).status_code == 413
    assert question(client, "/albums/", 2 * MB).body_limit == 2.5 * MB
    assert question(client, "/upload/", 900 * MB).body_limit == 20_480 * MB
    assert announced(client, "/upload/", 21_000 * MB).status_code == 413
    assert question(client, "/api/v1/images/upload/", 900 * MB).body_limit == 20_480 * MB
    assert question(client, "/studio/verify/", 60 * MB).body_limit == body_limits.PICTURES_BYTES
    piece = reverse("albums:one_upload", args=["00000000-0000-4000-8000-000000000000"])
    assert question(client, piece, 8 * MB, method="PATCH").body_limit == 8 * MB
    assert announced(client, piece, 8 * MB + 1, method="PATCH", headers=JSON).status_code == 413


def test_a_token_is_checked_before_the_body_of_an_upload(client: Client, owner: User) -> None:
    for scope, status in ((ApiToken.Scope.WRITE, 204), (ApiToken.Scope.READ, 403)):
        _token, secret = token_create(user=owner, name="t", scopes=[scope.value], expires_at=None)
        headers = {"Authorization": f"Bearer {secret}"}
        assert question(client, "/api/v1/images/upload/", 50 * MB, headers=headers).status_code == status


def test_a_full_account_or_disk_refuses_files_before_they_arrive(
    client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(owner)
    quota_set(owner=owner, most_bytes=10 * MB)
    for path in ("/upload/", "/api/v1/images/upload/"):
        answer = announced(client, path, 50 * MB, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (507, "quota_exceeded")
        assert question(client, path, 10 * MB).status_code == 204
    page = announced(client, "/upload/", 50 * MB)
    assert (page.status_code, page["Content-Type"]) == (507, "text/html; charset=utf-8")
    quota_set(owner=owner, most_bytes=None)
    monkeypatch.setattr(django_settings, "RESERVE_MB", 2**40)
    for path in ("/upload/", "/api/v1/images/upload/"):
        answer = announced(client, path, 50 * MB, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (507, "no_room")


def test_a_question_is_never_carried_out(client: Client, owner: User) -> None:
    client.force_login(owner)
    album = Album.objects.create(owner=owner, name="Stays")
    assert question(client, f"/albums/{album.pk}/delete/", 0).status_code == 204
    assert question(client, f"/api/v1/albums/{album.pk}/", 0, method="DELETE").status_code == 204
    assert question(client, "/sign-out/", 0).status_code == 204
    assert Album.objects.filter(pk=album.pk).exists()
    assert client.get("/albums/").status_code == 200


def views(patterns: list[URLPattern | URLResolver]) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        else:
            yield pattern.callback


def test_each_view_that_takes_files_names_its_limit() -> None:
    pages, operations = 0, 0
    for view in views(get_resolver().url_patterns):
        kind = getattr(view, "cls", None)
        if kind is not None and issubclass(kind, ApiView):
            if {MultiPartParser, PieceParser} & set(kind.parser_classes):
                operations += 1
                named = kind.takes_bodies is not ApiView.takes_bodies
                assert named or kind.body_limit is not ApiView.body_limit, kind
        elif view.__module__.startswith(("albums.", "faces.")):
            page = inspect.unwrap(view)
            source = inspect.getsource(page)
            if "_posted(request)" in source:
                source = Path(inspect.getfile(page)).read_text()
            if "request.FILES" in source:
                pages += 1
                assert body_limits.limit_of(view) is not body_limits.ordinary, view
    assert (pages, operations) >= (10, 8)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_refused_body_is_stored(settings: Settings, tmp_path: Path, monkeypatch: Any) -> None:
    """The real server in front of the real application, and a client that sends as fast as it can."""
    User.objects.create_user("ada", password="a long sentence")
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    settings.FILE_UPLOAD_TEMP_DIR = None
    head = b'--part\r\nContent-Disposition: form-data; name="file"; filename="large.jpg"\r\n\r\n'
    with serving(get_wsgi_application(), Limits(threads=1, linger_seconds=0.2)) as served:
        for framing in (b"Content-Length: 1500000000", b"Transfer-Encoding: chunked"):
            line = served.connect(
                b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + FORM.encode()
                + b"\r\n"
                + framing
                + b"\r\n\r\n"
            )
            sent, largest = 0, 0
            try:
                for _ in range(200):
                    piece = head + b"x" * MB
                    if framing.startswith(b"Transfer"):
                        piece = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
                    line.sendall(piece)
                    sent += len(piece)
                    largest = max(largest, sum(one.stat().st_size for one in folder.iterdir()))
            except ConnectionError:
                pass
            answer = line.recv(2**16)
            assert answer.startswith(b"HTTP/1.1 413 "), framing
            assert largest <= 2 * MB
            line.close()
