"""The files that are selected for an upload, before anything of them is sent."""

from typing import Any

from albums.models import SelectedFile
from albums.ordering import Key
from albums.pagination import Page
from albums.services.uploading.selected_files import Choice, files_select, files_unselect
from api.examples import VALUES
from api.schema import Operation
from api.serializers.selected_files import ListedOut, SelectedFileOut, SelectIn, UnselectIn
from api.views.uploads import UploadView

FILES = {"files": [{"name": VALUES["path"], "size": VALUES["size"]}]}
BY_ID = (Key("id"),)


class SelectedFiles(UploadView):
    """List the files that are selected for an upload, and add to them."""

    @Operation("uploads_selected", response=SelectedFileOut, many=True)
    def get(self) -> Page:
        """List the files that were selected and not sent yet, which their owner can choose again."""
        return self.page(SelectedFile.objects.owned_by(self.user), BY_ID)

    @Operation("uploads_select", request=SelectIn, response=ListedOut, request_example=FILES)
    def post(self) -> dict[str, int]:
        """Announce files before their uploads. Each is listed until its upload has an outcome.

        This is optional: an upload needs no announcement.
        """
        data = self.validated_body(SelectIn)
        files = [Choice(**one) for one in data["files"]]
        return {"listed": files_select(owner=self.user, files=files, album=self.album(data["album"]))}


class UnselectedFiles(UploadView):
    """Forget files that were selected for an upload."""

    @Operation("uploads_unselect", request=UnselectIn, response=ListedOut, request_example=FILES)
    def post(self) -> dict[str, Any]:
        """Forget files that are not going to be sent; all of them without `files`."""
        files = self.validated_body(UnselectIn)["files"]
        files_unselect(owner=self.user, files=None if files is None else [Choice(**one) for one in files])
        return {"listed": SelectedFile.objects.owned_by(self.user).count()}
