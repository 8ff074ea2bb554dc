"""With whom an album is shared: other accounts, and whoever has the address of a link."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from albums.models import AlbumMember, ShareLink
from albums.services.arranging.members import member_add, member_remove
from albums.services.arranging.share_links import share_link_change, share_link_create, share_link_revoke
from api.pagination import By
from api.schema import operation
from api.serializers.albums import LinkIn, LinkOut, MemberIn, MemberOut
from api.views.albums import AlbumView

TAG = "sharing"
OLDEST_FIRST = (By("id"),)
BEN = {"username": "ben", "role": "viewer"}
LINK = {
    "id": 3,
    "token": "bnFhOHh1cXZ0M2R5Zm1hY2tq",
    "has_password": True,
    "expires_at": "2027-01-01T00:00:00Z",
    "downloads": True,
    "shows_names": False,
    "created_at": "2026-05-01T09:30:00Z",
    "opened_at": None,
}


class Members(AlbumView):
    """Accounts."""

    @operation("members_list", tag=TAG, gives=MemberOut, many=True, example=BEN)
    def get(self, _request: Request, pk: int) -> Response:
        """The accounts that one's own album is shared with."""
        members = AlbumMember.objects.filter(album=self.own(pk)).select_related("user")
        return self.page(MemberOut, members, OLDEST_FIRST)

    @operation("member_put", tag=TAG, takes=MemberIn, gives=MemberOut, asked=BEN, example=BEN)
    def post(self, _request: Request, pk: int) -> Response:
        """Share one's own album with the account of exactly this name; who has it gets the new role."""
        return Response(self.shown(MemberOut, member_add(album=self.own(pk), **self.told(MemberIn))))


class OneMember(AlbumView):
    """One of them."""

    @operation("member_remove", tag=TAG, status=204)
    def delete(self, _request: Request, pk: int, username: str) -> Response:
        """End the sharing: of one's own album with anybody, of another's with oneself.

        What that account put into the album leaves it.
        """
        album = self.album(pk)
        if username != self.user.username:
            self.own(pk)
        member = AlbumMember.objects.filter(album=album, user__username=username).first()
        if member is None:
            raise Http404
        member_remove(member=member)
        return Response(status=204)


class Links(AlbumView):
    """Addresses."""

    @operation("links_list", tag=TAG, gives=LinkOut, many=True, example=LINK)
    def get(self, _request: Request, pk: int) -> Response:
        """The links to one's own album."""
        links = ShareLink.objects.filter(album=self.own(pk))
        return self.page(LinkOut, links, OLDEST_FIRST, row=with_password)

    @operation(
        "link_create",
        tag=TAG,
        takes=LinkIn,
        gives=LinkOut,
        status=201,
        asked={"password": "a pass phrase", "expires_at": LINK["expires_at"]},
        example=LINK,
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Make a link to one's own album: whoever has it sees the photos, without an account."""
        data = self.told(LinkIn)
        data["password"] = data.get("password") or ""
        link = share_link_create(album=self.own(pk), **data)
        return Response(self.shown(LinkOut, with_password(link)), status=201)


class OneLink(AlbumView):
    """One of them."""

    @operation(
        "link_change",
        tag=TAG,
        takes=LinkIn,
        gives=LinkOut,
        asked={"downloads": False},
        example={**LINK, "downloads": False},
    )
    def patch(self, _request: Request, pk: int) -> Response:
        """Change what a link gives; its address stays. With another password everybody gives it again."""
        link, data = self.link(pk), self.told(LinkIn)
        kept: dict[str, Any] = {
            name: data.get(name, getattr(link, name)) for name in ("expires_at", "downloads", "shows_names")
        }
        changed = share_link_change(link=link, password=data.get("password"), **kept)
        return Response(self.shown(LinkOut, with_password(changed)))

    @operation("link_revoke", tag=TAG, status=204)
    def delete(self, _request: Request, pk: int) -> Response:
        """Take a link back: from now on it leads nowhere."""
        share_link_revoke(link=self.link(pk))
        return Response(status=204)

    def link(self, pk: int) -> ShareLink:
        """One's own link. Raises Http404."""
        found = ShareLink.objects.visible_to(self.user).select_related("album").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def with_password(link: Any) -> Any:
    """A link that tells whether it has a password, and never which."""
    link.has_password = bool(link.password)
    return link
