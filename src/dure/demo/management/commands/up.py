import os
import socket
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from dure import clock, postgres
from dure.demo import loading, past
from dure.demo.lan import phones
from dure.demo.living_on import go_on
from dure.demo.processes import Children, all_of_them, command, keep
from dure.demo.settled import settle
from dure.errors import Refused
from dure.health.running import stop_on_signals
from dure.offices.models import Office


class Command(BaseCommand):
    help = "Everything on this machine: data base, web, watch, sender, jobs. An empty data base gets the demo office."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        bind, port = os.environ.get("DURE_BIND", "127.0.0.1"), int(os.environ.get("DURE_PORT", "8000"))
        stop = stop_on_signals()
        _must_be_free(bind, port)
        lan_port = int(os.environ.get("DURE_LAN_PORT", "8443"))
        for each in (lan_port, lan_port + 1) if settings.DURE_LAN else ():
            _must_be_free("0.0.0.0", each, "DURE_LAN_PORT=9443 make phones")  # noqa: S104
        self._migrate()
        if not Office.objects.exists():
            demo = loading.load(1, clock.today(), clock.now(), loading.password(settings.DATA))
            past.before(demo.staff, clock.today())
            settle(demo.staff, clock.today(), clock.now())
        if "open_day" in get_commands():
            call_command("open_day", stdout=self.stdout)
        while go_on(clock.now()):  # what the demo office's workers have done since the morning, or since the last time
            pass
        self.stdout.write(loading.told(settings.DATA))
        self.stdout.write(_("Open %(address)s (Ctrl-C ends it).") % {"address": f"http://{bind}:{port}/"})
        lan = phones.prepare(settings.DURE_LAN, lan_port, settings.DATA, clock.real()) if settings.DURE_LAN else None
        self.stdout.write(phones.told(lan) if lan else phones.offered())
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        self.stdout.flush()
        runs = all_of_them(f"{bind}:{port}") | (lan.runs() if lan else {})
        if Office.objects.filter(is_demo=True).exists():
            runs["demo"] = command("demo", "--live")
        children = Children(runs, lan.all_know() if lan else {}, {"phones": lan.own} if lan else {})
        connection.close()
        keep(children, stop, _data_base if postgres.is_embedded() else None)

    def _migrate(self) -> None:
        """Bring the data base up to date. What it holds is backed up before."""
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting and executor.loader.applied_migrations and "backup" in get_commands():
            call_command("backup", stdout=self.stdout)
        call_command("migrate", verbosity=0)


def _data_base() -> None:
    """The embedded data base runs on, also when somebody ended it."""
    server = postgres.Server(settings.DATA / "postgres")
    if not server.answers():
        server.start()


def _must_be_free(bind: str, port: int, otherwise: str = "DURE_PORT=8001 make up") -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as taken:
            raise Refused(
                _("Port %(port)s of %(bind)s can't be used (%(why)s). Choose another: %(otherwise)s")
                % {"port": port, "bind": bind, "why": taken.strerror, "otherwise": otherwise}
            ) from taken
