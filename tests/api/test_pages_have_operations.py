"""Everything that pages do can be done with the API: the URL name of each page with its operations."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

SAME: dict[str, tuple[str, ...]] = {
    # The timeline, the selection and the bin.
    "albums:photos": ("images_list",),
    "albums:timeline_pieces": ("timeline_get",),
    "albums:timeline_piece": ("images_list",),
    "albums:timeline_ids": ("images_list",),
    "albums:list_ids": ("images_list", "album_images"),
    "albums:selection": ("image_delete", "bin_put", "album_add", "album_create", "images_zip"),
    "albums:selection_mark": ("images_mark",),
    "albums:selection_mark_undo": ("images_mark",),
    "albums:selection_edits": ("images_edit",),
    "albums:selection_date": ("images_edit",),
    "albums:selection_place": ("images_edit",),
    "albums:selection_description": ("images_edit",),
    "albums:selection_tags": ("images_edit",),
    "albums:selection_turn": ("images_turn",),
    "albums:change_state": ("studio_job_get",),
    "albums:completions": ("completions_get",),
    "albums:memories": ("memories_get",),
    "albums:photo_changes": ("photo_changes_list",),
    "albums:photo_change_undo": ("photo_change_undo",),
    "albums:selection_bin": ("bin_put",),
    "albums:similar": ("images_similar",),
    "albums:similar_keep": ("images_similar", "bin_put"),
    "albums:stack_top": ("image_stack", "image_stack_top"),
    "albums:stack_top_undo": ("image_stack_top_forget",),
    "albums:stack_leave": ("image_stack_leave",),
    "albums:stack_return": ("image_stack_return",),
    "albums:stacks_switch": ("me_change",),
    "albums:similar_different": ("images_different",),
    "albums:similar_different_undo": ("images_different_end",),
    "albums:bin": ("bin_list",),
    "albums:bin_restore": ("bin_restore",),
    "albums:bin_erase": ("bin_erase",),
    "albums:bin_empty": ("bin_empty",),
    "albums:bin_undo": ("bin_restore",),
    "albums:bin_rendition": ("bin_rendition",),
    # Uploads.
    "albums:upload": ("image_upload",),
    "albums:upload_outcomes": ("image_get", "images_known"),
    "albums:select_files": ("uploads_select", "uploads_selected"),
    "albums:unselect_files": ("uploads_unselect",),
    "albums:uploads": ("upload_begin", "uploads_list"),
    "albums:uploads_so_far": ("uploads_so_far",),
    "albums:one_upload": ("upload_get", "upload_append", "upload_files"),
    "albums:drop_upload": ("upload_drop",),
    "albums:refused": ("images_list",),
    # One photo.
    "albums:photo": ("image_get", "faces_list"),
    "albums:photo_describe": ("image_change",),
    "albums:photo_date": ("image_change",),
    "albums:photo_place": ("image_change",),
    "albums:photo_tags": ("image_change",),
    "albums:photo_turn": ("image_change",),
    "albums:photo_turn_undo": ("image_change",),
    "albums:photo_album": ("album_add",),
    "albums:original": ("image_original",),
    "albums:rendition": ("image_rendition",),
    # Albums and sharing.
    "albums:albums": ("albums_list", "album_create"),
    "albums:album": ("album_get", "album_images"),
    "albums:album_edit": ("album_change",),
    "albums:album_cover": ("album_change",),
    "albums:album_delete": ("album_delete",),
    "albums:album_remove": ("album_take_out",),
    "albums:album_undo": ("album_undo",),
    "albums:album_archive": ("album_zip",),
    "albums:album_slideshow": ("album_images",),
    "albums:album_pictures": ("album_images",),
    "albums:sharing": ("members_list", "member_put", "links_list", "link_create"),
    "albums:member_role": ("member_put",),
    "albums:member_end": ("member_remove",),
    "albums:link_edit": ("link_change",),
    "albums:link_revoke": ("link_revoke",),
    "albums:download_selection": ("images_zip",),
    "albums:shared": ("shared_album", "shared_images"),
    "albums:shared_archive": ("shared_zip",),
    "albums:shared_slideshow": ("shared_images",),
    "albums:shared_pictures": ("shared_images",),
    "albums:shared_photo": ("shared_images",),
    "albums:shared_original": ("shared_original",),
    "albums:shared_rendition": ("shared_rendition",),
    "albums:progress": ("jobs_get",),
    "albums:search": ("images_list",),
    "albums:map": ("map_clusters",),
    "albums:map_clusters": ("map_clusters",),
    "albums:map_photos": ("images_list",),
    "albums:search_suggestions": ("search_suggestions",),
    # The studio.
    "albums:studio": ("studio_jobs_list",),
    "albums:gatys": ("studio_gatys_create",),
    "albums:job": ("studio_job_get",),
    "albums:job_fragment": ("studio_job_get",),
    "albums:job_cancel": ("studio_job_cancel",),
    "albums:job_stop": ("studio_job_stop",),
    "albums:job_retry": ("studio_job_retry",),
    "albums:job_keep": ("studio_job_change",),
    "albums:job_delete": ("studio_job_delete",),
    "albums:job_thumbnail": ("studio_job_get", "studio_job_file"),
    "albums:job_file": ("studio_job_file",),
    "albums:job_file_save": ("studio_job_save",),
    "albums:style": ("studio_styles", "studio_style_create"),
    "albums:style_preview": ("studio_style_create",),
    "albums:style_example": ("studio_style_example",),
    # The account.
    "albums:sign_in": ("sign_in",),
    "albums:sign_out": ("token_revoke",),
    "albums:account": ("me_change", "password_change"),
    "albums:settings_account": ("me_change", "password_change", "sessions_list"),
    "albums:sign_out_everywhere": ("sessions_end",),
    "albums:operators_see": ("me_get", "me_change"),
    "albums:settings_appearance": ("me_get", "me_change"),
    "albums:settings_theme": ("me_change",),
    "albums:settings_storage": ("storage_get",),
    "albums:settings_jobs": ("jobs_get", "images_list", "scans_failed", "runs_list", "run_get"),
    "albums:images_retry": ("images_retry",),
    "albums:settings_export": ("me_export",),
    "albums:settings_delete": ("me_delete",),
    "albums:account_deleted": ("me_delete",),
    "tokens:tokens": ("tokens_list", "token_create"),
    "tokens:revoke": ("token_revoke",),
    # People and faces.
    "faces:people": ("people_list",),
    "faces:people_act": ("people_merge", "people_show"),
    "faces:names": ("people_names",),
    "faces:people_found": ("people_list",),
    "faces:person": ("person_get", "person_change", "images_list"),
    "faces:person_faces": ("faces_list",),
    "faces:person_around": ("person_around",),
    "faces:person_slideshow": ("images_list",),
    "faces:person_pictures": ("images_list",),
    "faces:person_card": ("person_get",),
    "faces:compare": ("person_get", "faces_list", "person_around"),
    "faces:apart": ("people_part",),
    "faces:person_merge": ("people_merge", "people_merge_preview"),
    "faces:person_visibility": ("person_change",),
    "faces:person_details": ("person_change",),
    "faces:faces_act": (
        *("faces_name", "faces_assign", "person_split", "faces_confirm", "faces_reject", "faces_dismiss"),
        "person_change",
    ),
    "faces:face": ("face_get", "face_name", "face_suggestions", "verdicts_list"),
    "faces:face_draw": ("face_draw",),
    "faces:waiting": ("faces_waiting", "faces_assign"),
    "faces:crop": ("face_crop",),
    "faces:photo_repeats": ("image_repeats",),
    "faces:review": ("review_list",),
    "faces:review_next": ("review_list", "review_skip"),
    "faces:review_answer": ("review_answer",),
    "faces:review_name": ("person_change", "people_merge"),
    "faces:review_undo": ("change_undo", "review_skip_undo"),
    "faces:changes": ("changes_list",),
    "faces:change_undo": ("change_undo",),
    "faces:person_album_new": ("album_create",),
    "faces:person_album": ("album_change",),
    "faces:lookalike": ("lookalike", "lookalike_best"),
    "faces:verify": ("verify", "verifiers_list"),
    "faces:morph": ("studio_morph",),
    "faces:growing_up": ("studio_growing_up", "people_list"),
    "faces:live_verification": ("verify_base", "people_list"),
    "faces:verification_frame": ("verify_frame",),
    "faces:how_sure": ("verify_certainty",),
    "faces:detectors": ("detectors_explain",),
    "faces:studio_lookalike": ("galleries_list", "lookalike", "lookalike_best"),
    "faces:gallery_crop": ("face_crop",),
    "faces:shared_lookalike": ("shared_lookalike",),
    "faces:shared_crop": ("shared_face_crop",),
    "faces:recognition": ("recognition_get", "receipts_list"),
    "faces:recognition_off": ("recognition_set",),
    "faces:recognition_on": ("recognition_set",),
    "faces:attributes": ("attributes_get",),
    "faces:attributes_on": ("attributes_set",),
    "faces:attributes_off": ("attributes_set",),
    "faces:scans_retry": ("scans_retry",),
    "faces:person_erase": ("person_erase",),
}
NONE_NEEDED = {
    "albums:welcome": "the first account is made once, by a person, with the link that bin/start prints",
    "albums:sign_in_once": "a link for a person who has no password yet; it leads to a browser's session",
    "albums:settings": "a list of links to the other settings",
    "albums:map_towns": "names of towns, which the map draws",
    "albums:map_world": "coastlines and borders, which the map draws",
    "albums:map_country": "the same in detail",
    "albums:keys": "a list of the keys of pages",
    "manifest": "describes the app to the browser that installs it",
    "service_worker": "a script of the installed app",
    "offline": "what the installed app shows without a connection",
    "albums:share_target": "says that photos shared with the installed app did not arrive",
    "healthz": "says to machines that the server answers",
    "readyz": "says to machines whether all of it is well",
    "metrics": "numbers for Prometheus, of the server and not of an account",
    "texts": "the words of the pages' own scripts",
    "favicon": "a picture for the browser's tab",
}
# Programs have tokens, whose creation asks for the second step (`sign_in`); only browsers have passkeys.
OF_A_BROWSER = ("mfa_", "account_", "socialaccount_", "openid_connect_")
OF_THE_API = ("api:", "admin:")


def names_of(resolver: URLResolver, within: str = "") -> Iterator[str]:
    """Yield the names of all URLs, with that of their app."""
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield f"{within}{one.name}"
        elif one.app_name != "admin":
            yield from names_of(one, f"{one.app_name}:" if one.app_name else within)


PAGES = {
    name
    for name in names_of(get_resolver("config.urls"))
    if not name.startswith((*OF_THE_API, *OF_A_BROWSER))
}
OPERATIONS = {
    operation["operationId"]
    for path in SchemaGenerator().get_schema(request=None, public=True)["paths"].values()
    for operation in path.values()
    if isinstance(operation, dict)
}


def test_each_page_has_operations_that_do_the_same_or_a_reason_why_not() -> None:
    assert sorted(PAGES - SAME.keys() - NONE_NEEDED.keys()) == [], "write down what a program does instead"
    assert sorted((SAME.keys() | NONE_NEEDED.keys()) - PAGES) == [], "these pages are gone"
    assert SAME.keys() & NONE_NEEDED.keys() == set()


def test_the_operations_that_do_the_same_are_there() -> None:
    named = {name for names in SAME.values() for name in names}
    assert sorted(named - OPERATIONS) == []
    assert all(SAME.values())
