"""Share links: made, changed, taken back, and opened by who has the address."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from albums.models import Album, ShareLink
from albums.services.core.throttling import Attempts

# Noting each opening would write a row for each page that is looked at.
OPENED_EVERY = timedelta(minutes=1)


def share_link_create(
    *,
    album: Album,
    password: str = "",
    expires_at: datetime | None = None,
    downloads: bool = True,
    shows_names: bool = False,
) -> ShareLink:
    """A new address for the album. An empty password means that none is asked for."""
    return ShareLink.objects.create(
        album=album,
        password=make_password(password) if password else "",
        expires_at=expires_at,
        downloads=downloads,
        shows_names=shows_names,
    )


def share_link_change(
    *, link: ShareLink, password: str | None, expires_at: datetime | None, downloads: bool, shows_names: bool
) -> ShareLink:
    """Change what a link gives; the address stays. A password of None stays, an empty one is taken away.

    With another password everybody has to give it again.
    """
    if password is not None:
        link.password = make_password(password) if password else ""
    link.expires_at, link.downloads, link.shows_names = expires_at, downloads, shows_names
    link.save(update_fields=["password", "expires_at", "downloads", "shows_names"])
    return link


def share_link_revoke(*, link: ShareLink) -> None:
    """From now on the address leads nowhere, like one that never was."""
    link.delete()


def share_link_note_opened(*, link: ShareLink) -> None:
    """Note that somebody looked, at most once a minute."""
    now = timezone.now()
    stale = Q(opened_at=None) | Q(opened_at__lt=now - OPENED_EVERY)
    ShareLink.objects.filter(stale, pk=link.pk).update(opened_at=now)


def password_fits(*, link: ShareLink, password: str, address: str) -> bool:
    """Return True for the link's password. Raises TooManyAttempts after some wrong ones."""
    attempts = Attempts(f"share-link:{link.pk}", address)
    attempts.count()
    if not check_password(password, link.password):
        return False
    attempts.forget()
    return True


def password_ticket(link: ShareLink) -> str:
    """What a session keeps once the password was right; another password makes it worthless."""
    return salted_hmac("albums.share-link", f"{link.pk}:{link.password}", algorithm="sha256").hexdigest()


def ticket_valid(link: ShareLink, ticket: object) -> bool:
    """Whether a session's ticket opens this link; a link without a password needs none."""
    if not link.password:
        return True
    return isinstance(ticket, str) and constant_time_compare(ticket, password_ticket(link))
