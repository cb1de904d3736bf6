"""What an inspection asks of the kitchen. Nothing of it is recorded yet: it comes with the kitchen's own noun.

Each of these becomes a part that reads lots, temperatures and retained samples; `parts.PARTS` names them already.
"""

from django.utils.translation import gettext as _

from dure.care.inspections.meant import Meant, Part


def samples(meant: Meant) -> Part:
    """Retained samples: what was put in, at which temperature, until when it was kept."""
    return _not_kept("samples", _("Retained samples"))


def temperatures(meant: Meant) -> Part:
    """Temperatures of cooking, holding and delivery."""
    return _not_kept("temperatures", _("Temperatures of cooking and holding"))


def _not_kept(key: str, title: str) -> Part:
    says = _("Not recorded in Dure yet. Show the provider's own records.")
    return Part(key, title, says, kept=False)
