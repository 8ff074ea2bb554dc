"""Examples of responses in the schema, composed from one table of values by field name."""

from typing import Any

from rest_framework import serializers

from api.serializers.common import Shape
from config.version import version

MOMENT = "2026-05-01T09:30:00Z"
VALUES: dict[str, Any] = {
    "added_at": MOMENT,
    "allowed": True,
    "api": "1",
    "bin_days": 30,
    "at": MOMENT,
    "attempts": 3,
    "birth_date": "1984-03-09",
    "by": "ada",
    "camera": "Canon EOS R6",
    "captured_at": "2024-07-14T17:02:11+02:00",
    "captured_source": "exif",
    "count": 2,
    "created_at": MOMENT,
    "detector": "retinaface_mobilenet",
    "distance": 0.21,
    "done": 12,
    "estimated": True,
    "embedder": "facenet_sface256",
    "enabled": False,
    "erased": {"faces": 230, "vectors": 230},
    "face": 881,
    "face_count": 230,
    "faces": [2210, 2212],
    "facts": {"aperture": "f/4", "iso": "ISO 200"},
    "finished_at": "2026-05-01T09:30:04Z",
    "file_bytes": 524288000,
    "formats": ["image/jpeg", "image/png"],
    "free_bytes": 214748364800,
    "h": 0.14,
    "height": 3000,
    "id": 12,
    "ids": 10000,
    "image": 512,
    "images": [512, 513],
    "joined_at": MOMENT,
    "key": "same:12:40",
    "language": "fr",
    "languages": ["en", "fr", "es"],
    "latitude": 45.76,
    "longitude": 4.84,
    "mime_type": "image/jpeg",
    "model": "facenet_sface256",
    "moved": 3,
    "name": "Anna Castillo",
    "names": ["Anna Castillo"],
    "offset": 8388608,
    "originals_bytes": 17834210311,
    "owner": "ada",
    "page_rows": 500,
    "parameters": {"method": "hdbscan leaves, average linkage", "neighbours": "16"},
    "path": "2024/summer/beach.jpg",
    "person": 12,
    "photo_count": 84,
    "photos": 5120,
    "piece_bytes": 8388608,
    "place": "Lyon, France",
    "position": 3,
    "probability": 0.97,
    "quality": 0.74,
    "recognition": True,
    "requests_a_minute": {"read": 1200, "faces": 120},
    "scopes": ["read", "write"],
    "score": 0.998,
    "secret": "tro_5hKq2b7xTgkq0dB3l2v9aY1cZr8wMfEuJ4sHnPiXoQ0",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 12582912,
    "size_bytes": 3481230,
    "start": "tro_5hKq2b7x",
    "started_at": MOMENT,
    "summary": "Named a group Anna Castillo",
    "text": "Is this Anna Castillo, too?",
    "threshold": 0.44,
    "token": "bnFhOHh1cXZ0M2R5Zm1hY2tq",
    "total": 40,
    "uploads_under_way": 200,
    "used_bytes": 17834210311,
    "username": "ada",
    "version": version(),
    "w": 0.08,
    "waiting": 60,
    "width": 4000,
    "words": "12 of 40 photos processed",
    "x": 0.41,
    "y": 0.22,
    "zip_bytes": 4294967296,
    "zip_files": 20000,
}


def example_of(shape: Shape) -> dict[str, Any]:
    """Return an example of a response of this shape."""
    return {name: shape.example.get(name, _value(name, field)) for name, field in shape.fields.items()}


def _value(name: str, field: serializers.Field[Any, Any, Any, Any]) -> Any:
    match field:
        case Shape():
            return example_of(field)
        case serializers.ListSerializer(child=Shape() as child):
            return [example_of(child)]
        case serializers.ChoiceField():
            return VALUES.get(name, next(iter(field.choices)))
        case serializers.BooleanField():
            return VALUES.get(name, False)
        case serializers.CharField():
            return VALUES.get(name, "")
        case _:
            return VALUES.get(name, None if field.allow_null else 0)
