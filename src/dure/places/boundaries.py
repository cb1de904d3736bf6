"""Loading an office's own boundaries from a GeoJSON file."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dure.errors import Refused
from dure.places.cells import rings
from dure.places.models import Area

CODES = ("code", "adm_cd", "adm_cd2", "mois_code", "mois_code_2021", "emd_cd")
NAMES = ("name", "adm_nm", "emd_nm", "emd_kor_nm")


@transaction.atomic
def load(office: int, content: bytes) -> tuple[int, list[str]]:
    """Give areas their boundaries, matched by code, or by the whole name; how many, and which features fit none."""
    areas = list(Area.objects.filter(office_id=office, until=None))
    by_code, by_name = {a.code: a for a in areas}, {a.name: a for a in areas}
    fitted, strange = [], []
    for feature in _features(content):
        properties = feature.get("properties") or {}
        area = _match(properties, CODES, by_code) or _match(properties, NAMES, by_name)
        if area is None:
            strange.append(str(next((properties[n] for n in NAMES if n in properties), "?")))
            continue
        area.boundary = feature["geometry"]
        fitted.append(area)
    Area.objects.bulk_update(fitted, ["boundary"])
    return len(fitted), strange


def _features(content: bytes) -> list[dict[str, Any]]:
    try:
        features = json.loads(content)["features"]
        for feature in features:
            if not isinstance(feature.get("properties") or {}, dict):
                raise ValueError("properties")
            for ring in rings(feature["geometry"]):
                if len(ring) < 3:
                    raise ValueError("ring")
                if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring):
                    raise Refused(
                        _("The boundaries aren't in degrees (WGS 84). Save the file as GeoJSON in EPSG:4326.")
                    )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as problem:
        raise Refused(_("This isn't a GeoJSON file with areas. Save it as GeoJSON and load it again.")) from problem
    return list(features)


def _match(properties: Mapping[str, Any], names: tuple[str, ...], areas: Mapping[str, Area]) -> Area | None:
    said = [str(properties[n]).split()[-1] for n in names if str(properties.get(n) or "").strip()]
    return next((areas[value] for value in said if value in areas), None)
