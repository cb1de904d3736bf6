"""One photograph. It stands on pages of whoever may see its visit."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from dure.audit import looks
from dure.care.photos.models import Photo
from dure.files.downloads import attached
from dure.people.doors import SignedIn, counted, for_the_office

SORTS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png"}


@counted("downloads")
@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """The picture itself, as it was drawn anew."""
    seen = Photo.objects.seen_by(request.standing).select_related("content", "visit__recipient")
    photo = get_object_or_404(seen, ref=ref)
    looks.also([photo.visit.recipient.ref])
    data = bytes(photo.content.data)
    return attached(f"{photo.visit.day:%m%d}.jpg", data, SORTS.get(data[:3], "image/jpeg"))
