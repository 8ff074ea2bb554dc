"""The extension of albums by faces: see `albums.extensions`."""

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from albums.extensions import Extension
from albums.services.accounts.account_deletion import AccountData
from albums.services.arranging.smart_albums import SmartAlbumKind
from albums.services.core.progress import StageSource
from albums.services.upkeep.storage_use import FileKind
from albums.services.uploading.gallery_folders import GallerySource
from albums.views.studio.tools import StudioTool
from faces.admin.numbers import JOBS, PEOPLE, face_numbers
from faces.models import Change, Face, FaceAttributes, FaceEmbedding, FaceScan, Person, StagedFace, Verdict
from faces.services.core.consent import recognition_enabled, recognition_set
from faces.services.detecting.crops import crops_regenerate
from faces.services.effects.growing_up import GROWING_UP
from faces.services.effects.morph import MORPH
from faces.services.erasing.erasure import LABELS, owner_faces_erase
from faces.services.explaining.job import DETECTORS_KIND
from faces.services.exporting.export import faces_files
from faces.services.model_store.installed import model_path
from faces.services.people.face_scores import face_scores
from faces.services.people.gallery_naming import gallery_name, scans_waiting
from faces.services.people.person_albums import (
    hidden_people_images,
    names_by_image,
    person_album_ids,
    person_albums_fill,
)
from faces.services.searching.age_search import AgePart
from faces.services.searching.photo_search import PersonPart
from faces.services.upkeep import upload_progress
from faces.services.upkeep.progress import (
    attributes_stage,
    attributes_unfinished,
    grouping_unfinished,
    people_stage,
    photos_stage,
    scan_failures,
    scanning_unfinished,
)
from faces.views.person_photos import person_photos
from faces.views.studio.tools import RECOGNITION_TOOLS


def _recognition_end(owner: User) -> None:
    recognition_set(owner=owner, enabled=False)


EXTENSION = Extension(
    app="faces",
    stages=[
        StageSource(photos_stage, scanning_unfinished),
        StageSource(people_stage, grouping_unfinished),
        StageSource(attributes_stage, attributes_unfinished),
    ],
    batch_stages=[upload_progress.scan_batch_stage],
    failures=[scan_failures],
    search_parts=[PersonPart, AgePart],
    photo_lists={"person": person_photos},
    people_names=[names_by_image],
    face_scores=[face_scores],
    unwanted_memories=[hidden_people_images],
    smart_albums=[SmartAlbumKind(albums=person_album_ids, fill=person_albums_fill)],
    galleries=[GallerySource(enabled=recognition_enabled, waiting=scans_waiting, name=gallery_name)],
    regenerated={"crops": crops_regenerate},
    model_paths=[model_path],
    export_files=[faces_files],
    account_data=[AccountData(prepare=_recognition_end, erase=owner_faces_erase, labels=LABELS)],
    file_kinds=[FileKind(_("Face thumbnails"), "faces")],
    tables=[Face, FaceAttributes, FaceEmbedding, FaceScan, Person, Verdict, Change, StagedFace],
    dashboard_cards=[face_numbers],
    job_sections=[JOBS],
    account_counts=[PEOPLE],
    job_kinds=[MORPH, GROWING_UP, DETECTORS_KIND],
    studio_tools=[
        StudioTool(
            name="gallery",
            label=_("Who do I look like?"),
            description=_("Find the most similar person of a look-alike gallery."),
            url_name="faces:studio_lookalike",
            icon="face",
        ),
        StudioTool(
            name="lookalike",
            label=_("Look-alike"),
            description=_("Find out who looks like a face."),
            url_name="faces:lookalike",
            icon="search",
        ),
        StudioTool(
            name="verify",
            label=_("Same person?"),
            description=_("Compare two faces."),
            url_name="faces:verify",
            icon="people",
        ),
        StudioTool(
            name="morph",
            label=_("Morph"),
            description=_("One face becomes another, as an animation and a half-way portrait."),
            url_name="faces:morph",
            icon="face",
        ),
        StudioTool(
            name="growing_up",
            label=_("Growing up"),
            description=_("A person from the earliest to the latest photo, as an animation."),
            url_name="faces:growing_up",
            icon="calendar",
        ),
        *RECOGNITION_TOOLS,
    ],
)
