import logging
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

from dure.health.tasks import begin, live

logging.getLogger("procrastinate").setLevel(logging.ERROR)


class Command(BaseCommand):
    help = "Do the work that has fixed times: seal the record, open the days, back up. Runs until it is stopped."

    def handle(self, **options: Any) -> None:
        begin()
        live()  # at once, and then every ten seconds
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
            app.run_worker(concurrency=4, delete_jobs="always", name="jobs", update_heartbeat_interval=10)
