"""How gunicorn runs the site: threads behind a buffering proxy (docs/deploy.md).

One process without Redis, because tries and pages kept in memory are then shared by its
threads; as many as PROCESSES says with it.
"""

import gc
import os
from typing import Any

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("PROCESSES") or (2 if os.environ.get("REDIS_URL") else 1))
worker_class = "gthread"
threads = int(os.environ.get("THREADS") or 8)
pythonpath = "site,."
timeout = 60
graceful_timeout = 20
keepalive = 5
# A request line or header beyond these is refused before Django sees it.
limit_request_line = 8190
limit_request_fields = 100
accesslog = None
errorlog = "-"
loglevel = os.environ.get("SERVER_LOG_LEVEL") or "warning"


def post_worker_init(worker: Any) -> None:
    """Set what was loaded at the start apart from the rubbish collector, which would walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
