"""Print the schedule of a number."""

import sys

from tests.field.chaos.schedule import schedule

print(*schedule(int(sys.argv[1])), sep="\n")
