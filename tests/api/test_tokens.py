"""API tokens: creating, using and revoking them, and their scopes."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from api.models import ApiToken
from api.tokens import PREFIX, token_create
from faces.models import Person


def new_secret(user: User, *scopes: str, days: int | None = 1) -> str:
    expires_at = None if days is None else timezone.now() + timedelta(days=days)
    return token_create(user=user, name="script", scopes=scopes, expires_at=expires_at)[1]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_authenticates_its_account_only(owner: User, stranger: User) -> None:
    mine = Person.objects.create(owner=owner, name="Anna")
    theirs = Person.objects.create(owner=stranger, name="Bert")
    headers = bearer(new_secret(owner, "read", "faces"))
    assert Client().get(f"/api/v1/people/{mine.pk}/", headers=headers).status_code == 200
    assert Client().get(f"/api/v1/people/{theirs.pk}/", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        (("read", "write", "faces"), 200, 200),
        (("read", "faces"), 200, 403),
        (("write", "faces"), 403, 200),
        (("read", "write"), 403, 403),
        (("admin",), 403, 403),
    ],
)
def test_a_token_needs_the_scopes_of_the_operation(
    owner: User, scopes: tuple[str, ...], reads: int, writes: int
) -> None:
    person = Person.objects.create(owner=owner, name="Anna")
    headers = bearer(new_secret(owner, *scopes))
    path = f"/api/v1/people/{person.pk}/"
    assert Client().get(path, headers=headers).status_code == reads
    answer = Client().patch(path, {"name": "Ann"}, content_type="application/json", headers=headers)
    assert answer.status_code == writes


def test_an_invalid_revoked_or_expired_token_is_refused_with_a_challenge(owner: User) -> None:
    revoked = new_secret(owner, "read", "faces")
    ApiToken.objects.all().delete()
    expired = new_secret(owner, "read", "faces", days=-1)
    for secret in ("", "tro_made-up", revoked, expired):
        answer = Client().get("/api/v1/people/", headers=bearer(secret))
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    owner.is_active = False
    owner.save()
    live = new_secret(owner, "read", "faces")
    assert Client().get("/api/v1/people/", headers=bearer(live)).status_code == 401


def test_only_the_digest_is_stored_and_the_use_is_recorded(owner: User) -> None:
    secret = new_secret(owner, "read", "faces", days=None)
    token = ApiToken.objects.get()
    assert secret.startswith(PREFIX)
    assert secret not in (token.digest, token.start)
    assert token.used_at is None
    Client().get("/api/v1/people/", headers=bearer(secret))
    token.refresh_from_db()
    assert token.used_at is not None


def test_a_token_writes_without_a_csrf_token_and_a_session_does_not(owner: User) -> None:
    person = Person.objects.create(owner=owner, name="Anna")
    path, body = f"/api/v1/people/{person.pk}/", {"name": "Ann"}
    strict = Client(enforce_csrf_checks=True)
    headers = bearer(new_secret(owner, "write", "faces"))
    assert strict.patch(path, body, content_type="application/json", headers=headers).status_code == 200
    strict.force_login(owner)
    assert strict.patch(path, body, content_type="application/json").status_code == 403


def test_a_token_needs_a_valid_scope(owner: User) -> None:
    with pytest.raises(ValidationError):
        token_create(user=owner, name="x", scopes=["everything"], expires_at=None)


def test_the_page_shows_a_new_token_once(signed_in: Client, owner: User) -> None:
    page = signed_in.post(
        "/settings/tokens/", {"name": "backup", "scopes": ["read", "faces"], "days": "30"}
    ).content.decode()
    token = ApiToken.objects.get()
    assert token.scopes == ["read", "faces"]
    assert f'value="{token.start}' in page
    again = signed_in.get("/settings/tokens/").content.decode()
    assert 'id="secret"' not in again
    assert "backup" in again


def test_only_administrators_create_tokens_for_administration(signed_in: Client, owner: User) -> None:
    data = {"name": "x", "scopes": ["admin"], "days": ""}
    assert signed_in.post("/settings/tokens/", data).status_code == 400
    owner.is_staff = True
    owner.save()
    assert signed_in.post("/settings/tokens/", data).status_code == 200


def test_a_token_without_a_name_or_scope_is_refused_with_reasons(signed_in: Client) -> None:
    page = signed_in.post("/settings/tokens/", {"days": "30"})
    assert page.status_code == 400
    assert "Select at least one permission" in page.content.decode()
    assert not ApiToken.objects.exists()


def test_only_the_owner_revokes_a_token(signed_in: Client, owner: User, stranger: User) -> None:
    new_secret(owner, "read")
    mine = ApiToken.objects.get()
    new_secret(stranger, "read")
    theirs = ApiToken.objects.get(user=stranger)
    assert signed_in.post(f"/settings/tokens/{theirs.pk}/revoke/").status_code == 404
    assert signed_in.post("/settings/tokens/999999/revoke/").status_code == 404
    assert signed_in.get(f"/settings/tokens/{mine.pk}/revoke/").status_code == 405
    assert signed_in.post(f"/settings/tokens/{mine.pk}/revoke/").status_code == 302
    assert list(ApiToken.objects.all()) == [theirs]
