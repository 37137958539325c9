"""The WSGI entry for gunicorn: `gunicorn webwidget.wsgi:app`."""

import logging
import threading

from webwidget import create_app

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
app = create_app()
# What happens by itself: lapsed leases, old call-backs. Under gevent this thread is a greenlet.
threading.Thread(target=app.extensions["verkkoapu"].reaper.run, name="reaper", daemon=True).start()
