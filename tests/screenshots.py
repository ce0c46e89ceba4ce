"""`make screenshots`: the pictures in docs/, taken of the demo in a real browser."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from find_browser import found
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PORT = int(os.environ.get("PICTURES_PORT", "8766"))
PAGES = {
    "board": "/boards/thornbridge-town/",
    "need": "/boards/thornbridge-town/needs/bus-to-fenny-hale/",
    "results": "/boards/north-thornbridge/funding/lake-and-castle-grants/results/",
}


def main() -> int:
    with tempfile.TemporaryDirectory() as var:
        env = {
            **os.environ,
            "MOOTHALL_VAR": var,
            "DEMO": "true",
            "SQLITE_SYNCHRONOUS": "OFF",
            "PORT": str(PORT),
            "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}",
        }
        for command in (["migrate", "-v", "0"], ["demo"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "site/moothall/server.py", "moothall.wsgi"],
            cwd=ROOT,
            env=env,
        )
        try:
            wait()
            take()
        finally:
            server.terminate()
            server.wait(timeout=30)
    return 0


def wait() -> None:
    for _ in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
            connection.request("GET", "/healthy/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit("The demo did not start.")


def take() -> None:
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 1500})
        for name, path in PAGES.items():
            page.goto(f"http://127.0.0.1:{PORT}{path}")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}.png")
            print(f"docs/pictures/{name}.png")
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
