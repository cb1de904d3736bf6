"""Lists that came in are emptied by a job of their own."""

from dure.offices.retention import Retention

RETENTION = Retention(
    elsewhere={"imports_upload": "90 days; imports.tasks.forget", "imports_change": "90 days; imports.tasks.forget"},
    excused={"imports_rememberedmapping": "headers of columns"},
)
