"""The web application, for gunicorn: `gunicorn dure.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dure.settings")
application = get_wsgi_application()
