"""Sharing of an album with other accounts and by links."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from albums.album_forms import MemberForm, ShareLinkForm
from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_form_view, form_view
from albums.http.public_address import public_address
from albums.models import Album, AlbumMember, Image, ShareLink
from albums.services.arranging.members import member_add, member_change, member_remove
from albums.services.arranging.share_links import share_link_change, share_link_create, share_link_revoke


@form_view
def sharing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the members and links of an album. POST: what=member or what=link adds one."""
    album = get_object_or_404(Album.objects.owned_by(current_user(request)), pk=pk)
    what = request.POST.get("what")
    member_form = MemberForm(request.POST if what == "member" else None)
    link_form = ShareLinkForm(request.POST if what == "link" else None, album=album, prefix="link")
    if what == "member" and member_form.is_valid():
        try:
            member = member_add(album=album, **member_form.cleaned_data)
        except ValidationError as error:
            member_form.add_error("username", error)
        else:
            messages.success(request, _("Shared with %(name)s") % {"name": member.user.get_username()})
            return redirect("albums:sharing", pk)
    if what == "link" and link_form.is_valid():
        share_link_create(album=album, **link_form.values())
        messages.success(request, _("Link created. Anyone with the link can open the album."))
        return redirect("albums:sharing", pk)
    context = {
        "album": album,
        "members": album.members.select_related("user").order_by("user__username"),
        "links": [(link, address_of(request, link)) for link in album.share_links.all()],
        "roles": AlbumMember.Role.choices,
        "member_form": member_form,
        "link_form": link_form,
    }
    failed = bool(member_form.errors or link_form.errors)
    return render(request, "albums/album_sharing.html", context, status=400 if failed else 200)


def address_of(request: HttpRequest, link: ShareLink) -> str:
    """Return the full address of a link."""
    return public_address(request, reverse("albums:shared", args=[link.token]))


@action_view
def member_role(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Change the role of a member. POST: role."""
    album = get_object_or_404(Album.objects.owned_by(current_user(request)), pk=pk)
    changed = get_object_or_404(album.members.select_related("user"), pk=member)
    try:
        member_change(member=changed, role=request.POST.get("role", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Saved"))
    return redirect("albums:sharing", pk)


@cacheable_form_view
def member_end(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Confirm and remove a member, as the owner of the album or the member."""
    user = current_user(request)
    album = get_object_or_404(Album.objects.visible_to(user), pk=pk)
    members = album.members.select_related("user")
    if album.owner_id != user.pk:
        members = members.filter(user=user)
    leaving = get_object_or_404(members, pk=member)
    by_themselves = leaving.user_id == user.pk
    if request.method == "POST":
        member_remove(member=leaving)
        if by_themselves:
            messages.success(request, _("You left the album “%(name)s”") % {"name": album.name})
            return redirect("albums:albums")
        messages.success(request, _("No longer shared with %(name)s") % {"name": leaving.user.get_username()})
        return redirect("albums:sharing", pk)
    context = {
        "album": album,
        "member": leaving,
        "by_themselves": by_themselves,
        "their_count": Image.objects.in_album(album).filter(owner_id=leaving.user_id).count(),
    }
    return render(request, "albums/album_member_end.html", context)


@cacheable_form_view
def link_edit(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Change the options of a link."""
    found = get_object_or_404(ShareLink.objects.visible_to(current_user(request)), pk=link, album_id=pk)
    form = ShareLinkForm(request.POST or None, link=found, prefix="link")
    if request.method == "POST" and form.is_valid():
        share_link_change(link=found, **form.values())
        messages.success(request, _("Saved"))
        return redirect("albums:sharing", pk)
    context = {"album": found.album, "link": found, "form": form, "address": address_of(request, found)}
    return render(request, "albums/share_link_edit.html", context, status=400 if form.errors else 200)


@cacheable_form_view
def link_revoke(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Confirm and delete a link."""
    found = get_object_or_404(ShareLink.objects.visible_to(current_user(request)), pk=link, album_id=pk)
    if request.method == "POST":
        share_link_revoke(link=found)
        messages.success(request, _("Link deleted. It no longer works."))
        return redirect("albums:sharing", pk)
    context = {"album": found.album, "link": found, "address": address_of(request, found)}
    return render(request, "albums/share_link_revoke.html", context)
