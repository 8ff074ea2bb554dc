"""The icon of pages that name none."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_the_icon_is_there_where_every_browser_looks_for_it(client: Client) -> None:
    response = client.get("/favicon.ico", follow=True)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("image/svg+xml")
