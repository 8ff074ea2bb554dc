"""bin/manage sign_in_link: a new link, also while the app runs."""

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
    printed = link()
    assert printed.startswith(f"{URL}/sign-in/once/")
    client.post(printed.removeprefix(URL))
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert Client().post(printed.removeprefix(URL)).status_code == 410
    assert Client().get(link().removeprefix(URL)).status_code == 200, "a new link works"


@pytest.mark.django_db
@pytest.mark.usefixtures("app_runs")
def test_without_an_account_it_is_the_sign_up_link() -> None:
    assert link() == f"{URL}/welcome/?token=very-secret"


@pytest.mark.usefixtures("app_runs")
def test_with_several_accounts_a_name_is_required(ada: User, grace: User) -> None:
    assert link("grace").startswith(f"{URL}/sign-in/once/")
    for arguments in ([], ["alan"]):
        with pytest.raises(CommandError, match="Accounts: ada, grace") as caught:
            link(*arguments)
        assert caught.value.returncode == 2


@pytest.mark.usefixtures("data")
def test_without_a_running_start_command_the_url_is_required(ada: User) -> None:
    with pytest.raises(CommandError, match=r"bin/start.*--url"):
        link()
    assert link("--url", "https://photos.example.org/").startswith("https://photos.example.org/sign-in/once/")
