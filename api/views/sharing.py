"""Sharing of albums: members and share links."""

from django.shortcuts import get_object_or_404

from albums.models import AlbumMember, ShareLink
from albums.ordering import BY_ID
from albums.pagination import Page
from albums.services.arranging.members import member_add, member_remove
from albums.services.arranging.share_links import share_link_change, share_link_create, share_link_revoke
from api.schema import Operation
from api.serializers.albums import LinkIn, LinkOut, MemberIn, MemberOut
from api.views.albums import AlbumView

EXPIRES_AT = "2027-01-01T00:00:00Z"


class SharingView(AlbumView):
    """Base of the views of members and share links."""

    tag = "sharing"


class Members(SharingView):
    """List the members of an album and add one."""

    @Operation("members_list", response=MemberOut, many=True)
    def get(self, pk: int) -> Page:
        """List the accounts that an album is shared with."""
        members = AlbumMember.objects.filter(album=self.owned(pk)).select_related("user")
        return self.page(members, BY_ID)

    @Operation("member_put", request=MemberIn, response=MemberOut, request_example=MemberOut.example)
    def post(self, pk: int) -> AlbumMember:
        """Share an album with an account, or change the role of a member."""
        return member_add(album=self.owned(pk), **self.validated_body(MemberIn))


class MemberDetail(SharingView):
    """Remove a member from an album."""

    @Operation("member_remove")
    def delete(self, pk: int, username: str) -> None:
        """Stop sharing an album with an account, or leave another account's album.

        The photos which that account added are removed from the album.
        """
        album = self.visible(pk) if username == self.user.username else self.owned(pk)
        member_remove(member=get_object_or_404(AlbumMember, album=album, user__username=username))


class Links(SharingView):
    """List and create share links."""

    @Operation("links_list", response=LinkOut, many=True)
    def get(self, pk: int) -> Page:
        """List the share links of an album."""
        return self.page(ShareLink.objects.filter(album=self.owned(pk)), BY_ID)

    @Operation(
        "link_create",
        request=LinkIn,
        response=LinkOut,
        status=201,
        request_example={"password": "a pass phrase", "expires_at": EXPIRES_AT},
    )
    def post(self, pk: int) -> ShareLink:
        """Create a share link: everyone who has it can view the album without an account."""
        data = self.validated_body(LinkIn)
        data["password"] = data.get("password") or ""
        return share_link_create(album=self.owned(pk), **data)


class LinkDetail(SharingView):
    """Update or delete a share link."""

    @Operation(
        "link_change",
        request=LinkIn,
        response=LinkOut,
        request_example={"downloads": False},
        example={"downloads": False},
    )
    def patch(self, pk: int) -> ShareLink:
        """Change the options of a share link. Its address stays the same.

        After a change of the password, visitors have to enter the new one.
        """
        link, data = self.link(pk), self.validated_body(LinkIn)
        names = ("expires_at", "downloads", "keeps_location", "shows_names", "lookalike")
        options = {name: data.get(name, getattr(link, name)) for name in names}
        return share_link_change(link=link, password=data.get("password"), **options)

    @Operation("link_revoke")
    def delete(self, pk: int) -> None:
        """Delete a share link. It no longer works."""
        share_link_revoke(link=self.link(pk))

    def link(self, pk: int) -> ShareLink:
        """Return a share link of the account. Raises Http404."""
        return get_object_or_404(ShareLink.objects.visible_to(self.user).select_related("album"), pk=pk)
