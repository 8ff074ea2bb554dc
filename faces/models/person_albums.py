"""Smart albums: albums that follow people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from albums.models import Album
from faces.models.people import Person


class PersonAlbum(models.Model):
    """A smart album: it holds the photos of these people."""

    class Rule(models.TextChoices):
        """Photos with all of the people in them, or with any of them."""

        ALL = "all", _("Everyone in the photo")
        ANY = "any", _("Anyone in the photo")

    album = models.OneToOneField(Album, on_delete=models.CASCADE, related_name="person_album")
    people = models.ManyToManyField(Person, related_name="person_albums")
    rule = models.CharField(max_length=8, choices=Rule, default=Rule.ALL)

    def __str__(self) -> str:
        return f"album {self.album_id} of {self.rule} people"
