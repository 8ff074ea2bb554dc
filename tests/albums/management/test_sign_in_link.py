"""bin/manage sign_in_link: a new link for who cannot sign in, also while the app runs."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from config.local_services import instance

URL = "http://127.0.0.1:8000"


def link(*arguments: str) -> str:
    out = io.StringIO()
    call_command("sign_in_link", *arguments, stdout=out)
    return out.getvalue().removesuffix("\n")


@pytest.fixture
def data(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
def app_runs(data: Path) -> Iterator[None]:
    with instance.claim(data):
        instance.publish(data, instance.Address(URL, "very-secret"))
        yield


@pytest.mark.usefixtures("app_runs")
def test_the_link_signs_in_once(ada: User, client: Client) -> None:
    made = link()
    assert made.startswith(f"{URL}/sign-in/once/")
    client.post(made.removeprefix(URL))
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert Client().post(made.removeprefix(URL)).status_code == 410
    assert Client().get(link().removeprefix(URL)).status_code == 200, "and there is always another one"


@pytest.mark.django_db
@pytest.mark.usefixtures("app_runs")
def test_without_an_account_it_is_the_link_to_make_one() -> None:
    assert link() == f"{URL}/welcome/?token=very-secret"


@pytest.mark.usefixtures("app_runs")
def test_with_several_accounts_it_must_be_said_whose(ada: User, grace: User) -> None:
    assert link("grace").startswith(f"{URL}/sign-in/once/")
    for arguments in ([], ["alan"]):
        with pytest.raises(CommandError, match="Accounts: ada, grace") as caught:
            link(*arguments)
        assert caught.value.returncode == 2


@pytest.mark.usefixtures("data")
def test_where_no_start_command_runs_the_address_must_be_said(ada: User) -> None:
    with pytest.raises(CommandError, match=r"bin/start.*--url"):
        link()
    assert link("--url", "https://photos.example.org/").startswith("https://photos.example.org/sign-in/once/")
