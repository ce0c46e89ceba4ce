"""`manage.py serve`: the production server and the worker, together, for a demo or a small site."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run the server (gunicorn) and the worker that sends messages, until stopped with Ctrl+C."

    def handle(self, *args: Any, **options: Any) -> None:
        env = {**os.environ, "PYTHONPATH": f"{settings.ROOT / 'site'}:{settings.ROOT}"}
        python = sys.executable
        # Both commands are our own, with no word of anyone else's in them.
        server_command = [python, "-m", "gunicorn", "--config", "site/moothall/server.py", "moothall.wsgi"]
        worker_command = [python, "manage.py", "db_worker", "--interval", "1"]
        children = [
            subprocess.Popen(command, cwd=settings.ROOT, env=env) for command in (worker_command, server_command)
        ]

        def stop(number: int, frame: FrameType | None) -> None:
            for child in children:
                child.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        server = children[1].wait()
        children[0].terminate()
        children[0].wait(timeout=20)
        raise SystemExit(0 if server in (0, -signal.SIGTERM, -signal.SIGINT) else server)
