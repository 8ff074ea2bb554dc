"""Share links: create, change and delete them, and open them for visitors."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from albums.exceptions import (
    LinkExpired,
    LinkNotFound,
    LinkPasswordNeeded,
    LinkWithoutDownloads,
    LinkWithoutLookalike,
)
from albums.models import Album, ShareLink
from albums.services.core.throttling import Attempts

# Recording each visit would write a row for each page.
OPENED_EVERY = timedelta(minutes=1)


def share_link_create(
    *,
    album: Album,
    password: str = "",
    expires_at: datetime | None = None,
    downloads: bool = True,
    keeps_location: bool = False,
    shows_names: bool = False,
    lookalike: bool = False,
) -> ShareLink:
    """Create a link to an album; an empty password: without one."""
    return ShareLink.objects.create(
        album=album,
        password=make_password(password) if password else "",
        expires_at=expires_at,
        downloads=downloads,
        keeps_location=keeps_location,
        shows_names=shows_names,
        lookalike=lookalike,
    )


def share_link_change(
    *,
    link: ShareLink,
    password: str | None,
    expires_at: datetime | None,
    downloads: bool,
    shows_names: bool,
    keeps_location: bool = False,
    lookalike: bool = False,
) -> ShareLink:
    """Change the options of a link; its address stays. password: None keeps it, an empty one removes it.

    After a change of the password, visitors have to enter the new one.
    """
    if password is not None:
        link.password = make_password(password) if password else ""
    link.expires_at, link.downloads = expires_at, downloads
    link.keeps_location, link.shows_names, link.lookalike = keeps_location, shows_names, lookalike
    link.save(
        update_fields=["password", "expires_at", "downloads", "keeps_location", "shows_names", "lookalike"]
    )
    return link


def share_link_revoke(*, link: ShareLink) -> None:
    """Delete a link. It no longer works, as if it never existed."""
    link.delete()


def share_link_note_opened(*, link: ShareLink) -> None:
    """Record a visit, at most once a minute."""
    now = timezone.now()
    stale = Q(opened_at=None) | Q(opened_at__lt=now - OPENED_EVERY)
    ShareLink.objects.filter(stale, pk=link.pk).update(opened_at=now)


def share_link_open(
    token: str,
    *,
    password: str = "",
    address: str = "",
    tickets: Mapping[str, object] | None = None,
) -> ShareLink:
    """Return the link with this token for a visitor who has its password, or a ticket from an earlier visit.

    address: the visitor's, to count attempts at the password. tickets: the visitor's session.
    Raises LinkError by reason, and TooManyAttempts.
    """
    link = ShareLink.objects.select_related("album").filter(token=token).first()
    if link is None:
        raise LinkNotFound
    if link.expired:
        raise LinkExpired
    if not ticket_valid(link, (tickets or {}).get(ticket_key(link))) and not (
        password and password_fits(link=link, password=password, address=address)
    ):
        raise LinkPasswordNeeded
    return link


def lookalike_check(link: ShareLink) -> None:
    """Raise LinkWithoutLookalike unless the album is a gallery and the link allows comparisons with it."""
    if not (link.album.gallery and link.lookalike):
        raise LinkWithoutLookalike


def downloads_check(link: ShareLink) -> None:
    """Raise LinkWithoutDownloads for a link that does not allow downloads of originals."""
    if not link.downloads:
        raise LinkWithoutDownloads


def password_fits(*, link: ShareLink, password: str, address: str) -> bool:
    """Return True for the link's password. Raises TooManyAttempts after some wrong ones."""
    attempts = Attempts(f"share-link:{link.pk}", address)
    attempts.count()
    if not check_password(password, link.password):
        return False
    attempts.forget()
    return True


def ticket_key(link: ShareLink) -> str:
    """Return the name of a link's ticket in a session."""
    return f"share-link-{link.pk}"


def password_ticket(link: ShareLink) -> str:
    """Return the ticket of a visitor who gave the password. It is void after the password is changed."""
    return salted_hmac("albums.share-link", f"{link.pk}:{link.password}", algorithm="sha256").hexdigest()


def ticket_valid(link: ShareLink, ticket: object) -> bool:
    """Return True for a ticket that opens this link. A link without a password needs none."""
    if not link.password:
        return True
    return isinstance(ticket, str) and constant_time_compare(ticket, password_ticket(link))
