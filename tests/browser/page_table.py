"""Every page of the product: which template it is, and how one comes to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core import signing
from django.urls import reverse

from albums.views.settings import RECEIPT_SALT
from tests.browser.page_scene import Scene

Arguments = Callable[[Scene], tuple[Any, ...]]


def _nothing(_scene: Scene) -> tuple[Any, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Row:
    """template: what is drawn. view: the name of its address, or an address that has none.

    arguments: of the address. query: behind it. form: sent by POST, where no link leads to the page, perhaps
    without the token against forgeries. status: with which it is answered.
    """

    template: str
    view: str
    arguments: Arguments = _nothing
    query: Callable[[Scene], str] = lambda _scene: ""
    form: Callable[[Scene], Mapping[str, str]] | None = None
    with_token: bool = True
    status: int = HTTPStatus.OK

    def address(self, scene: Scene) -> str:
        """The address of the page."""
        path = self.view if self.view.startswith("/") else reverse(self.view, args=self.arguments(scene))
        return path + self.query(scene)


def _first(_scene: Scene) -> tuple[Any, ...]:
    """The first passkey, which a browser makes."""
    return (1,)


def _photo(scene: Scene) -> tuple[Any, ...]:
    return (scene.image.pk,)


def _album(scene: Scene) -> tuple[Any, ...]:
    return (scene.album.pk,)


def _anna(scene: Scene) -> tuple[Any, ...]:
    return (scene.anna.pk,)


def _pair(scene: Scene) -> tuple[Any, ...]:
    return scene.anna.pk, scene.group.pk


def _link(scene: Scene) -> tuple[Any, ...]:
    return scene.album.pk, scene.link.pk


def _token(scene: Scene) -> tuple[Any, ...]:
    return (scene.link.token,)


def _gallery_and_face(scene: Scene) -> str:
    other = scene.group.faces.first()
    return f"?gallery={scene.album.pk}&face={other.pk if other else 0}"


def _found(scene: Scene) -> str:
    return f"?q=lyon&person={scene.anna.pk}"


def _fits_nothing(scene: Scene) -> str:
    return f"?person={scene.anna.pk}&place=Lyon, France&camera=gone&album=7&q={'x' * 90}"


def _receipt(_scene: Scene) -> str:
    return f"?receipt={signing.dumps({'account': 'ada', 'counts': {'photos': 3}}, salt=RECEIPT_SALT)}"


PHOTOS = (
    Row("albums/photos.html", "albums:photos"),
    Row("albums/photo.html", "albums:photo", _photo),
    Row("albums/bin.html", "albums:bin"),
    Row("albums/photo_changes.html", "albums:photo_changes"),
    Row("albums/similar.html", "albums:similar"),
    Row("albums/memories.html", "albums:memories"),
    Row("albums/bin_erase.html", "albums:bin_empty"),
    Row("albums/upload.html", "albums:upload"),
    Row("albums/upload_zip.html", "albums:one_upload", lambda scene: (scene.zip.pk,)),
    Row("albums/refused.html", "albums:refused"),
    Row("offline.html", "offline"),
    Row("albums/map.html", "albums:map"),
    Row("keys.html", "albums:keys"),
    Row("albums/progress.html", "albums:progress"),
    Row("albums/search.html", "albums:search"),
    Row("albums/search.html", "albums:search", query=_found),
    Row("albums/search.html", "albums:search", query=_fits_nothing),
)
ALBUMS = (
    Row("albums/albums.html", "albums:albums"),
    Row("albums/album.html", "albums:album", _album),
    Row("albums/album.html", "albums:album", lambda scene: (scene.filling.pk,)),
    Row("albums/album_edit.html", "albums:album_edit", _album),
    Row("albums/album_cover.html", "albums:album_cover", _album),
    Row("albums/album_delete.html", "albums:album_delete", _album),
    Row("albums/album_sharing.html", "albums:sharing", _album),
    Row(
        "albums/album_member_end.html",
        "albums:member_end",
        lambda scene: (scene.borrowed.album_id, scene.borrowed.pk),
    ),
    Row("albums/share_link_edit.html", "albums:link_edit", _link),
    Row("albums/share_link_revoke.html", "albums:link_revoke", _link),
    Row("shared/slideshow.html", "albums:album_slideshow", _album),
    Row("faces/person_album.html", "faces:person_album_new"),
    Row("faces/person_album.html", "faces:person_album", lambda scene: (scene.filling.pk,)),
)
STYLES = (
    Row("studio/style_photos.html", "albums:style"),
    Row("studio/style.html", "albums:style", query=lambda scene: f"?photo={scene.image.pk}"),
    Row("studio/gatys.html", "albums:gatys", query=lambda scene: f"?photo={scene.image.pk}"),
)
PEOPLE = (
    Row("faces/people.html", "faces:people"),
    Row("faces/people.html", "faces:people", query=lambda _scene: "?hidden=1"),
    Row("faces/person.html", "faces:person", _anna),
    Row("faces/person.html", "faces:person_faces", _anna),
    Row("faces/person.html", "faces:person_around", _anna),
    Row("shared/slideshow.html", "faces:person_slideshow", _anna),
    Row("faces/compare.html", "faces:compare", _pair),
    Row("faces/face.html", "faces:face", lambda scene: (scene.face.pk,)),
    Row("faces/waiting.html", "faces:waiting"),
    Row("faces/review.html", "faces:review"),
    Row("faces/changes.html", "faces:changes"),
    Row("faces/lookalike.html", "faces:lookalike"),
    Row("faces/verify.html", "faces:verify"),
    Row("faces/verify_pick.html", "faces:verify", form=lambda _scene: {"pick": "first"}),
    Row(
        "faces/verify_pick.html",
        "faces:verify",
        form=lambda scene: {"pick": "second", "person": str(scene.anna.pk)},
    ),
    Row("studio/morph.html", "faces:morph"),
    Row("studio/growing_up_person.html", "faces:growing_up"),
    Row("studio/growing_up.html", "faces:growing_up", query=lambda scene: f"?person={scene.anna.pk}"),
    Row("faces/person_erase.html", "faces:person_erase", _anna),
    Row(
        "faces/same_name.html",
        "faces:person",
        lambda scene: (scene.group.pk,),
        form=lambda _scene: {"name": "ben"},
        status=HTTPStatus.CONFLICT,
    ),
    Row(
        "faces/name_refused.html",
        "faces:person",
        lambda scene: (scene.group.pk,),
        form=lambda _scene: {"name": ""},
        status=HTTPStatus.BAD_REQUEST,
    ),
    Row(
        "faces/merge_several.html",
        "faces:people_act",
        form=lambda scene: {"action": "merge", "person": f"{scene.anna.pk},{scene.ben.pk}"},
    ),
    Row(
        "faces/merge_together.html",
        "faces:people_act",
        form=lambda scene: {
            "action": "merge",
            "person": f"{scene.anna.pk},{scene.ben.pk}",
            "into": str(scene.anna.pk),
        },
    ),
)
STUDIO = (
    Row("studio/lookalike.html", "faces:studio_lookalike"),
    Row("studio/lookalike.html", "faces:studio_lookalike", query=_gallery_and_face),
    Row("studio/studio.html", "albums:studio"),
    Row("studio/verify.html", "faces:live_verification"),
    Row("studio/verify.html", "faces:live_verification", query=lambda scene: f"?person={scene.anna.pk}"),
    Row("studio/how_sure.html", "faces:how_sure"),
    Row("studio/detectors.html", "faces:detectors", query=lambda scene: f"?photo={scene.image.pk}"),
    *STYLES,
    *(
        Row("studio/job.html", "albums:job", lambda scene, state=state: (scene.jobs[state].pk,))  # type: ignore[misc]  # a bound default
        for state in ("done", "saved", "failed", "cancelled", "running", "waiting")
    ),
)
SETTINGS = (
    Row("settings/overview.html", "albums:settings"),
    Row("settings/account.html", "albums:settings_account"),
    Row("settings/appearance.html", "albums:settings_appearance"),
    Row("settings/storage.html", "albums:settings_storage"),
    Row("settings/jobs.html", "albums:settings_jobs"),
    Row("settings/export.html", "albums:settings_export"),
    Row("settings/delete.html", "albums:settings_delete"),
    Row("settings/deleted.html", "albums:account_deleted", query=_receipt),
    Row("settings/tokens.html", "tokens:tokens"),
    Row("settings/recognition.html", "faces:recognition"),
    Row("settings/recognition_off.html", "faces:recognition_off"),
    Row("403_csrf.html", "albums:settings_theme", form=lambda _scene: {}, with_token=False, status=403),
    Row("400.html", "/search/", query=lambda _scene: "?q=%00", status=400),
    Row("403.html", "/fails/forbidden/", status=403),
    Row("404.html", "/there/is/nothing/", status=404),
    Row("500.html", "/fails/broken/", status=500),
    Row("unavailable.html", "/fails/away/", status=503),
    Row("shared/pictures_busy.html", "/fails/busy/", status=503),
)
# For who has no account here.
SHARED = (
    Row("shared/album.html", "albums:shared", _token),
    Row("shared/photo.html", "albums:shared_photo", lambda scene: (scene.link.token, scene.image.pk)),
    Row("shared/slideshow.html", "albums:shared_slideshow", _token),
    Row("shared/lookalike.html", "faces:shared_lookalike", _token),
    Row("shared/password.html", "albums:shared", lambda scene: (scene.locked.token,)),
    Row("shared/expired.html", "albums:shared", lambda scene: (scene.expired.token,), status=410),
    Row("shared/busy.html", "albums:shared_archive", _token, status=503),
    Row("accounts/sign_in.html", "albums:sign_in"),
    Row("socialaccount/authentication_error.html", "socialaccount_login_error", status=401),
    Row("accounts/sign_in_once.html", "albums:sign_in_once", lambda scene: (scene.one_time_token,)),
    Row("accounts/sign_in_once_gone.html", "albums:sign_in_once", lambda _scene: ("gone",), status=410),
)
# The second step of a sign-in: tests/browser/test_second_step.py walks through them.
SECOND_STEP = (
    Row("mfa/index.html", "mfa_index"),
    Row("account/reauthenticate.html", "account_reauthenticate"),
    Row("mfa/reauthenticate.html", "mfa_reauthenticate"),
    Row("mfa/webauthn/reauthenticate.html", "mfa_reauthenticate_webauthn"),
    Row("mfa/authenticate.html", "mfa_authenticate"),
    Row("mfa/totp/activate_form.html", "mfa_activate_totp"),
    Row("mfa/totp/deactivate_form.html", "mfa_deactivate_totp"),
    Row("mfa/recovery_codes/index.html", "mfa_view_recovery_codes"),
    Row("mfa/recovery_codes/generate.html", "mfa_generate_recovery_codes"),
    Row("mfa/webauthn/add_form.html", "mfa_add_webauthn"),
    Row("mfa/webauthn/authenticator_list.html", "mfa_list_webauthn"),
    Row("mfa/webauthn/edit_form.html", "mfa_edit_webauthn", _first),
    Row("mfa/webauthn/authenticator_confirm_delete.html", "mfa_remove_webauthn", _first),
    Row("socialaccount/connections.html", "socialaccount_connections"),
    Row("socialaccount/login_cancelled.html", "socialaccount_login_cancelled"),
    Row("account/account_inactive.html", "account_inactive"),
)
# Shown to people whom only the sign-in provider knows: tests/albums/views/test_sign_in_provider.py.
PROVIDER = (
    Row("socialaccount/signup.html", "socialaccount_signup"),
    Row("account/signup_closed.html", "socialaccount_signup"),
)
# Before the first account, without a password, and without face recognition.
WELCOME = Row("accounts/welcome.html", "albums:welcome")
ACCOUNT = Row("accounts/account.html", "albums:account")
WITHOUT_FACES = Row("faces/recognition_off.html", "faces:people")
OF_ACCOUNTS = (*SHARED, *SECOND_STEP, *PROVIDER, WELCOME, ACCOUNT, WITHOUT_FACES)
EVERY = (*PHOTOS, *ALBUMS, *PEOPLE, *STUDIO, *SETTINGS, *OF_ACCOUNTS)

# Nothing of these is a page by itself: what others extend.
FRAMES = {
    *{"base.html", "narrow.html", "settings/settings.html", "shared/base.html"},
    *{"allauth/layouts/entrance.html", "allauth/layouts/manage.html", "account/base_reauthenticate.html"},
}
