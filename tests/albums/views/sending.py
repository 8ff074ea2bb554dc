"""Requests that send a file in pieces, like the script of the upload page."""

import hashlib
import json
from typing import Any

from django.test import Client

from tests.rows import drawn_jpeg

PHOTO = drawn_jpeg()


def begin(client: Client, data: bytes = PHOTO, name: str = "a.jpg", **more: object) -> Any:
    given = {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), **more}
    return client.post("/uploads/", json.dumps(given), content_type="application/json")


def send(client: Client, upload_id: str, piece: bytes, offset: object = 0) -> Any:
    return client.patch(
        f"/uploads/{upload_id}/",
        piece,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": str(offset)},
    )
