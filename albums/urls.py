"""Addresses of photos, albums and accounts."""

from django.urls import URLPattern, URLResolver, path

from albums.views import accounts, albums, media, photos, progress, uploads

app_name = "albums"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", photos.photos, name="photos"),
    path("upload/", uploads.upload, name="upload"),
    path("upload/outcomes/", uploads.outcomes, name="upload_outcomes"),
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
]
