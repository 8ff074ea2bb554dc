"""albums.admin.dashboard: the numbers of the first page."""

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from albums.models import Image
from faces.models import ClusterQuality, FaceScan, Person
from tests.rows import face_row, image_rows, upload_row


def test_the_dashboard_counts_rows_waiting_jobs_and_failed_jobs(visitor: Client, ada: User) -> None:
    images = image_rows(ada, 6)
    Image.objects.filter(pk=images[0].pk).update(state="refused", reason="broken")
    Image.objects.filter(pk__in=[images[1].pk, images[2].pk]).update(state="stored")
    FaceScan.objects.create(image=images[3], state="failed", reason="crashed")
    upload_row(ada)
    zoe = Person.objects.create(owner=ada, name="Zoe")
    face_row(images[4], person=zoe, crop=False)
    ClusterQuality.objects.create(person=zoe, faces=2, excess=0.1, persistence=0.5, outlier=0.9, spread=0.4)
    face_row(images[5], crop=False)
    User.objects.create_user("gone", is_active=False)
    cards = {
        card.title: (card.value, card.detail) for card in visitor.get(reverse("admin:index")).context["cards"]
    }
    assert cards["Accounts"] == ("2", "1 disabled")
    assert cards["Photos"][0] == "3"
    assert cards["Waiting to be processed"] == ("2", "1 uploads in progress")
    assert cards["Files not added"][0] == "1"
    assert cards["Faces"] == ("2", "1 unassigned")
    assert cards["People"] == ("1", "1 named")
    assert cards["Suspected groups"][0] == "1"
    assert cards["Failed scans"][0] == "1"
