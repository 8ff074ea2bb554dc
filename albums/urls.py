"""Addresses of photos, albums and accounts."""

from django.urls import URLPattern, URLResolver, path

from albums.views import accounts, albums, media, photos, progress, settings, settings_data, uploads

app_name = "albums"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", photos.photos, name="photos"),
    path("upload/", uploads.upload, name="upload"),
    path("photos/refused/", photos.refused, name="refused"),
    path("photos/selection/", albums.selection, name="selection"),
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
