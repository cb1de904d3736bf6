"""The phone's page, the phones of an office, and the phone's door."""

from django.urls import path

from dure.field import views
from dure.field.api import api, nothing_here

urlpatterns = [
    path("field/", views.phone, name="field"),
    path("field/phones/", views.phones, name="field_phones"),
    path("field/phones/<uuid:ref>/code/", views.make_code, name="field_code"),
    path("field/phones/<uuid:ref>/revoke/", views.take_away, name="field_revoke"),
    path("api/field/v1/", api.urls),
    path("api/field/<path:rest>", nothing_here),
]
