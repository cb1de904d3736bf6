"""The phone's page, the phones of an office, and the phone's door."""

from django.urls import path

from dure.field.api import api, nothing_here
from dure.field.views import apart, phones, worker

urlpatterns = [
    path("field/", worker.phone, name="field"),
    path("field/sw.js", worker.service_worker, name="field_sw"),
    path("field/app.webmanifest", worker.manifest, name="field_manifest"),
    path("field/phones/", phones.phones, name="field_phones"),
    path("field/phones/typed/", phones.typed, name="field_typed"),
    path("field/phones/<uuid:ref>/code/", phones.make_code, name="field_code"),
    path("field/phones/<uuid:ref>/revoke/", phones.take_away, name="field_revoke"),
    path("field/apart/<uuid:key>/", apart.show, name="field_apart"),
    path("field/apart/<uuid:key>/decide/", apart.decide, name="field_apart_decide"),
    path("api/field/v1/", api.urls),
    path("api/field/<path:rest>", nothing_here),
]
