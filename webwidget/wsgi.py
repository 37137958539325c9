"""The WSGI entry for gunicorn: `gunicorn webwidget.wsgi:app`."""

import logging

from webwidget import create_app

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
app = create_app()
