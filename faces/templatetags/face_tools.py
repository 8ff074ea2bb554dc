"""What can be said of the faces of a photo: who each is, that it is nobody, that somebody is here twice."""

from typing import Any

from django import template
from django.db.models import Exists, OuterRef

from albums.models import Image
from faces.models import Face, FaceScan, Verdict
from faces.views.people import names_offered

register = template.Library()


@register.inclusion_tag("faces/_face_tools.html", takes_context=True)
def face_tools(context: dict[str, Any], image: Image) -> dict[str, Any]:
    """Draw a form for each face of `image`, from left to right. Nothing when it has none."""
    settled = Verdict.objects.filter(face=OuterRef("pk"), kind=Verdict.Kind.IS)
    faces = list(
        Face.objects.present()
        .filter(image=image)
        .annotate(settled=Exists(settled))
        .select_related("person")
        .order_by("x", "pk")
    )
    scan = FaceScan.objects.filter(image=image).first() if faces else None
    return {
        "image": image,
        "faces": faces,
        "scan": scan,
        "names": names_offered(context["request"].user) if faces else (),
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
    }
