"""The tables of photos and albums, one module a subject."""

from albums.models.albums import Album, AlbumImage
from albums.models.attempts import AttemptCount
from albums.models.changes import ChangedPhoto, PhotoChange
from albums.models.images import Image, Rendition
from albums.models.jobs import Job, JobFile
from albums.models.preferences import OperatorGrant, Preferences
from albums.models.quotas import Quota
from albums.models.selected_files import SelectedFile
from albums.models.sharing import AlbumMember, ShareLink, share_token
from albums.models.sidecars import Sidecar
from albums.models.similarity import DifferentPhotos, ImageFingerprint
from albums.models.sweeps import BackupRecord, Sweep
from albums.models.uploads import EndedUpload, UnpackedFile, Upload

__all__ = [
    "Album",
    "AlbumImage",
    "AlbumMember",
    "AttemptCount",
    "BackupRecord",
    "ChangedPhoto",
    "DifferentPhotos",
    "EndedUpload",
    "Image",
    "ImageFingerprint",
    "Job",
    "JobFile",
    "OperatorGrant",
    "PhotoChange",
    "Preferences",
    "Quota",
    "Rendition",
    "SelectedFile",
    "ShareLink",
    "Sidecar",
    "Sweep",
    "UnpackedFile",
    "Upload",
    "share_token",
]
