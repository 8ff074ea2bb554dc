"""All pages for screenshots: address, account, and preparation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.core import signing
from django.db.models import Count
from django.urls import reverse
from playwright.sync_api import Page

from albums.models import Image
from albums.services.accounts.accounts import one_time_token
from albums.views.settings import RECEIPT_SALT
from faces.models import Face, Person
from tests.demo import actions
from tests.demo.scene import Scene

Who = Literal["owner", "guest", "newcomer", "visitor"]


@dataclass(frozen=True, slots=True)
class Pictured:
    """A page to take a screenshot of.

    address: None where the album has nothing to show there. before: done to the rows first. act: done in the
    browser; it may lead to another page. first: while there is no account. slim: only on phones, or only not.
    """

    name: str
    address: Callable[[Scene], str | None]
    who: Who = "owner"
    before: Callable[[Scene], None] | None = None
    act: Callable[[Page, Scene], None] | None = None
    first: bool = False
    slim: bool | None = None


def named(url: str, *subjects: str, query: str = "") -> Callable[[Scene], str | None]:
    """Return a function for the address of a page about subjects of the scene, as "album" or "links.open"."""

    def address(scene: Scene) -> str | None:
        values = [_subject(scene, one) for one in subjects]
        return None if None in values else reverse(url, args=values) + query

    return address


def _subject(scene: Scene, name: str) -> Any:
    part, _dot, key = name.partition(".")
    found = getattr(scene, part)
    if key:
        link = found.get(key)
        return link and link.token
    return found and found.pk


def _best_face(person: Person | None) -> Face | None:
    return person.faces.present().best_first().first() if person else None


def _style(scene: Scene) -> str | None:
    image = Image.objects.owned_by(scene.owner).ready().first()
    return f"{reverse('albums:style')}?photo={image.pk}" if image else None


def _lookalike(scene: Scene) -> str | None:
    face = _best_face(scene.person)
    return f"{reverse('faces:lookalike')}?face={face.pk}" if face else None


def _gallery(scene: Scene) -> str | None:
    face = _best_face(scene.other)
    if face is None or scene.album is None:
        return None
    return f"{reverse('faces:studio_lookalike')}?gallery={scene.album.pk}&face={face.pk}"


def _verify(scene: Scene) -> str | None:
    first, second = _best_face(scene.person), _best_face(scene.other)
    if first is None or second is None:
        return None
    return f"{reverse('faces:verify')}?first={first.pk}&second={second.pk}"


def _face(scene: Scene) -> str | None:
    face = _best_face(scene.person)
    return reverse("faces:face", args=[face.pk]) if face else None


def _link(scene: Scene, page: str) -> str | None:
    if scene.album is None:
        return None
    return reverse(page, args=[scene.album.pk, scene.links["open"].pk])


def _shared_photo(scene: Scene) -> str | None:
    if scene.album is None:
        return None
    shown = scene.images[1 % len(scene.images)]
    return reverse("albums:shared_photo", args=[scene.links["open"].token, shown.pk])


def _deleted(_scene: Scene) -> str:
    receipt = {"account": "ada", "counts": {"photos": 1204, "albums": 7, "faces": 3120, "people": 42}}
    signed = signing.dumps(receipt, salt=RECEIPT_SALT, compress=True)
    return f"{reverse('albums:account_deleted')}?receipt={signed}"


def _if_people(scene: Scene) -> str | None:
    return reverse("faces:people") if scene.person else None


def _group_photo(scene: Scene) -> str | None:
    images = Image.objects.filter(owner=scene.owner).annotate(count=Count("faces"))
    largest = images.filter(count__gt=1).order_by("-count", "pk").first()
    return reverse("albums:photo", args=[largest.pk]) if largest else None


def _job(state: str) -> Callable[[Scene], str | None]:
    """Return a function for the address of a job in this state."""

    def address(scene: Scene) -> str | None:
        job = scene.jobs.get(state)
        return reverse("albums:job", args=[job.pk]) if job else None

    return address


_PHOTO = named("albums:photo", "photo")

PAGES: tuple[Pictured, ...] = (
    # without account, or signed out
    Pictured("welcome", named("albums:welcome"), who="visitor", first=True),
    Pictured("sign-in", named("albums:sign_in"), who="visitor"),
    Pictured("sign-in-wrong", named("albums:sign_in"), who="visitor", act=actions.sign_in_wrongly),
    Pictured(
        "sign-in-once",
        lambda scene: reverse("albums:sign_in_once", args=[one_time_token(scene.guest)]),
        who="visitor",
    ),
    Pictured(
        "sign-in-once-gone", lambda _scene: reverse("albums:sign_in_once", args=["1.old"]), who="visitor"
    ),
    Pictured("account-first", named("albums:account"), who="newcomer"),
    # photos
    Pictured("photos", named("albums:photos")),
    Pictured("photos-selected", named("albums:photos"), act=actions.photos_selected),
    Pictured("menu", named("albums:photos"), act=actions.menu_opened),
    Pictured("more", named("albums:photos"), act=actions.more_opened, slim=True),
    Pictured("photo", _PHOTO),
    Pictured("photo-about", _PHOTO, act=actions.about_shown, slim=True),
    Pictured("photo-faces", _PHOTO, act=actions.boxes_shown),
    Pictured("photo-group", _group_photo, act=actions.boxes_shown),
    Pictured("photo-card", _PHOTO, act=actions.card_opened),
    Pictured("photo-draw", _PHOTO, act=actions.face_drawn),
    Pictured("photo-forms", _PHOTO, act=actions.forms_opened),
    Pictured("face", _face),
    Pictured("bin", named("albums:bin")),
    Pictured("similar", named("albums:similar")),
    Pictured("bin-selected", named("albums:bin"), act=actions.binned_selected),
    Pictured("bin-empty", named("albums:bin_empty")),
    Pictured("refused", named("albums:refused")),
    Pictured("progress", named("albums:progress")),
    # uploads
    Pictured("upload", named("albums:upload")),
    Pictured(
        "upload-under-way",
        named("albums:upload"),
        who="newcomer",
        before=actions.uploads_deleted,
        act=actions.files_sent,
    ),
    Pictured("upload-first", named("albums:photos"), who="newcomer", before=actions.uploads_deleted),
    Pictured("upload-zip", named("albums:one_upload", "zip")),
    # albums
    Pictured("albums", named("albums:albums")),
    Pictured("albums-shared", named("albums:albums", query="?which=shared")),
    Pictured("album", named("albums:album", "album")),
    Pictured("album-selected", named("albums:album", "album"), act=actions.photos_selected),
    Pictured("album-of-others", named("albums:album", "album"), who="guest"),
    Pictured("album-filling", named("albums:album", "filling")),
    Pictured("album-edit", named("albums:album_edit", "album")),
    Pictured("album-cover", named("albums:album_cover", "album")),
    Pictured("album-delete", named("albums:album_delete", "album")),
    Pictured("album-of-people", named("faces:person_album_new")),
    Pictured("album-of-people-edit", named("faces:person_album", "filling")),
    Pictured("sharing", named("albums:sharing", "album")),
    Pictured("sharing-end", named("albums:member_end", "album", "member")),
    Pictured("link-edit", lambda scene: _link(scene, "albums:link_edit")),
    Pictured("link-revoke", lambda scene: _link(scene, "albums:link_revoke")),
    Pictured("slideshow", named("albums:album_slideshow", "album")),
    # shared by link
    Pictured("shared", named("albums:shared", "links.open"), who="visitor"),
    Pictured("shared-photo", _shared_photo, who="visitor"),
    Pictured("shared-slideshow", named("albums:shared_slideshow", "links.open"), who="visitor"),
    Pictured("shared-password", named("albums:shared", "links.locked"), who="visitor"),
    Pictured("shared-expired", named("albums:shared", "links.over"), who="visitor"),
    # search
    Pictured("search", named("albums:search")),
    Pictured("search-results", named("albums:search", query="?q=2025")),
    Pictured("search-nothing", named("albums:search", query="?q=submarine+2019")),
    Pictured("search-suggestions", named("albums:search"), act=actions.search_typed),
    Pictured("search-header", named("albums:photos"), act=actions.search_typed, slim=False),
    # people
    Pictured("people", named("faces:people")),
    Pictured("people-selected", _if_people, act=actions.people_selected),
    Pictured("people-naming", _if_people, act=actions.name_typed),
    Pictured("people-hidden", named("faces:people", query="?hidden=1")),
    Pictured("people-merge", _if_people, act=actions.people_merged),
    Pictured("person", named("faces:person", "person")),
    Pictured("person-nameless", named("faces:person", "nameless")),
    Pictured("person-more", named("faces:person", "person"), act=actions.person_more_opened),
    Pictured("person-same-name", named("faces:person", "nameless"), act=actions.same_name_given),
    Pictured("person-faces", named("faces:person_faces", "person")),
    Pictured("person-faces-selected", named("faces:person_faces", "person"), act=actions.faces_selected),
    Pictured("person-around", named("faces:person_around", "person")),
    Pictured("person-slideshow", named("faces:person_slideshow", "person")),
    Pictured("person-erase", named("faces:person_erase", "person")),
    Pictured("compare", named("faces:compare", "person", "nameless")),
    Pictured("waiting", named("faces:waiting")),
    Pictured("waiting-selected", named("faces:waiting"), act=actions.faces_selected),
    Pictured("changes", named("faces:changes")),
    Pictured("review-same", named("faces:review"), before=actions.only_questions("same")),
    Pictured("review-name", named("faces:review"), before=actions.only_questions("name")),
    Pictured("review-face", named("faces:review"), before=actions.only_questions("face")),
    Pictured("review-twice", named("faces:review"), before=actions.only_questions("twice")),
    Pictured("review-done", named("faces:review"), who="guest"),
    # look-alike search
    Pictured("lookalike", named("faces:lookalike")),
    Pictured("lookalike-results", _lookalike),
    Pictured("lookalike-picture", named("faces:lookalike"), act=actions.picture_given),
    Pictured("studio-lookalike-none", named("faces:studio_lookalike")),
    Pictured("studio-lookalike", _gallery, before=actions.gallery_marked),
    Pictured("verify", named("faces:verify")),
    Pictured("verify-whom", named("faces:verify"), act=actions.face_sought),
    Pictured("verify-faces", named("faces:verify"), act=actions.faces_offered),
    Pictured("verify-result", _verify),
    # studio
    Pictured("studio", named("albums:studio")),
    Pictured("studio-new", named("albums:studio"), who="newcomer"),
    Pictured("studio-done", _job("done")),
    Pictured("studio-running", _job("running")),
    Pictured("studio-failed", _job("failed")),
    Pictured("style", named("albums:style")),
    Pictured("style-photo", _style),
    Pictured("studio-verify", named("faces:live_verification")),
    Pictured("studio-how-sure", named("faces:how_sure")),
    Pictured("studio-detectors", named("faces:detectors")),
    # settings
    Pictured("settings", named("albums:settings")),
    Pictured("account", named("albums:settings_account")),
    Pictured("appearance", named("albums:settings_appearance")),
    Pictured("recognition", named("faces:recognition")),
    Pictured("recognition-off", named("faces:recognition_off")),
    Pictured("people-off", named("faces:people"), who="newcomer", before=actions.recognition_declined),
    Pictured("storage", named("albums:settings_storage")),
    Pictured("jobs", named("albums:settings_jobs")),
    Pictured("tokens", named("tokens:tokens")),
    Pictured("export", named("albums:settings_export")),
    Pictured("delete", named("albums:settings_delete")),
    Pictured("deleted", _deleted, who="visitor"),
    # errors
    Pictured("error-not-found", lambda _scene: "/nowhere/"),
    Pictured("error-forbidden", lambda _scene: "/drawn/forbidden/"),
    Pictured("error-untrusted", lambda _scene: "/drawn/untrusted/"),
    Pictured("error-broken", lambda _scene: "/drawn/broken/"),
)
