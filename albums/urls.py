"""Addresses of photos, albums and accounts."""

from django.urls import URLPattern, URLResolver, path

from albums.views import (
    accounts,
    albums,
    media,
    photos,
    progress,
    selection,
    settings,
    settings_data,
    timeline,
    uploads,
)
from albums.views import bin as the_bin

app_name = "albums"
urlpatterns: list[URLPattern | URLResolver] = [
    # The timeline, what is ticked in it, and the bin.
    path("", timeline.photos, name="photos"),
    path("timeline/pieces/", timeline.pieces, name="timeline_pieces"),
    path("timeline/piece/", timeline.piece, name="timeline_piece"),
    path("timeline/ids/", timeline.ids, name="timeline_ids"),
    path("photos/selection/", selection.selection, name="selection"),
    path("photos/selection/bin/", selection.throw_away, name="selection_bin"),
    path("bin/", the_bin.the_bin, name="bin"),
    path("bin/restore/", the_bin.restore, name="bin_restore"),
    path("bin/erase/", the_bin.erase, name="bin_erase"),
    path("bin/empty/", the_bin.empty, name="bin_empty"),
    path("bin/<int:moment>/undo/", the_bin.undo, name="bin_undo"),
    path("bin/<int:pk>/thumbnail.jpg", the_bin.thumbnail, name="bin_thumbnail"),
    path("upload/", uploads.upload, name="upload"),
    path("upload/outcomes/", uploads.outcomes, name="upload_outcomes"),
    path("photos/refused/", photos.refused, name="refused"),
    path("photos/<int:pk>/", photos.photo, name="photo"),
    path("photos/<int:pk>/original", media.original, name="original"),
    path("photos/<int:pk>/<slug:kind>.jpg", media.rendition, name="rendition"),
    path("albums/", albums.albums, name="albums"),
    path("albums/<int:pk>/", albums.album, name="album"),
    path("albums/<int:pk>/rename/", albums.rename, name="album_rename"),
    path("albums/<int:pk>/delete/", albums.delete, name="album_delete"),
    path("albums/<int:pk>/remove/", albums.remove, name="album_remove"),
    path("progress/", progress.progress, name="progress"),
    path("welcome/", accounts.welcome, name="welcome"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign_in"),
    path("sign-in/once/<str:token>/", accounts.sign_in_once, name="sign_in_once"),
    path("sign-out/", accounts.SignOut.as_view(), name="sign_out"),
    path("account/", accounts.account, name="account"),
    # settings
    path("settings/", settings.overview, name="settings"),
    path("settings/account/", settings.account, name="settings_account"),
    path("settings/account/sessions/", settings.sign_out_everywhere, name="sign_out_everywhere"),
    path("settings/appearance/", settings.appearance, name="settings_appearance"),
    path("settings/theme/", settings.theme, name="settings_theme"),
    path("settings/storage/", settings_data.storage, name="settings_storage"),
    path("settings/jobs/", settings_data.jobs, name="settings_jobs"),
    path("settings/jobs/retry/", settings_data.retry, name="images_retry"),
    path("settings/export/", settings_data.export, name="settings_export"),
    path("settings/delete/", settings.delete, name="settings_delete"),
    path("settings/deleted/", settings.deleted, name="account_deleted"),
]
