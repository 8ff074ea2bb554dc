"""The page "How sure is it?": figures and charts of the account's model and of its confirmed faces."""

import re

from django.contrib.auth.models import User
from django.test import Client

from faces.models import OwnerModels, Verdict
from tests.rows import group_of

PAGE = "/studio/how-sure/"


def test_the_page_shows_the_measured_figures_of_the_accounts_model(signed_in: Client, owner: User) -> None:
    page = signed_in.get(PAGE).content.decode()
    assert "facenet_sface256" in page
    assert "99.6%" in page
    assert page.count('<svg class="chart"') == 3
    assert "20 pairs of one person" in page
    OwnerModels.objects.create(owner=owner, detector="retinaface_mobilenet", embedder="sface128")
    other = signed_in.get(PAGE).content.decode()
    assert "sface128" in other
    assert "99.5%" in other


def test_own_confirmed_faces_have_a_chart_of_their_own(signed_in: Client, owner: User) -> None:
    for look in (1, 2, 3):
        person = group_of(owner, 5, look=look)
        Verdict.objects.bulk_create(
            Verdict(face=face, person=person, kind="is") for face in person.faces.all()
        )
    page = signed_in.get(PAGE).content.decode()
    assert page.count('<svg class="chart"') == 4
    assert re.search(r"Of 30 pairs of one person, 0\.0% are beyond the threshold;\s+of 75 pairs", page)


def test_nothing_in_the_page_needs_a_style_or_script_of_its_own(signed_in: Client) -> None:
    page = signed_in.get(PAGE).content.decode()
    assert "<style" not in page
    assert 'style="' not in page
