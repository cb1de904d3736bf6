"""The pages of certificates."""

from dure.people.doors import only
from dure.people.models import Role

for_planners = only(Role.PROVIDER, Role.OFFICER, Role.ADMIN)
