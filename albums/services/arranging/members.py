"""Share albums with other accounts."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from albums.models import Album, AlbumMember


def member_add(*, album: Album, username: str, role: str) -> AlbumMember:
    """Share an album with the account of exactly this name, or change its role.

    Accounts are not listed. Raises ValidationError for an unknown account and for the owner's.
    """
    user = User.objects.filter(username=username.strip(), is_active=True).first()
    if user is None:
        raise ValidationError(
            _("There is no account with this name. Names are case-sensitive."),
            code="no_such_account",
        )
    if user.pk == album.owner_id:
        raise ValidationError(_("This is your own account."), code="own_account")
    member = AlbumMember(album=album, user=user, role=role)
    member.clean_fields()
    member, _created = AlbumMember.objects.update_or_create(album=album, user=user, defaults={"role": role})
    return member


def member_change(*, member: AlbumMember, role: str) -> AlbumMember:
    """Change the role of a member; photos that an editor added remain. Raises ValidationError."""
    member.role = role
    member.clean_fields()
    member.save(update_fields=["role"])
    return member


@transaction.atomic
def member_remove(*, member: AlbumMember) -> int:
    """Stop sharing with an account, and remove its photos from the album; returns how many there were."""
    removed, _by_table = member.album.entries.filter(image__owner_id=member.user_id).delete()
    member.delete()
    return removed
