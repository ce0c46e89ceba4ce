"""Everything that `make test` checks, in order, stopping at nothing: the end says what failed.

On SQLite, and again on PostgreSQL when TEST_DATABASE_URL is set or a local server answers. In CI
a missing database or browser is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
IN_CI = bool(os.environ.get("CI"))

PATHS = {
    "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}",
    "DJANGO_SETTINGS_MODULE": "moothall.settings",
    "PYTHONDONTWRITEBYTECODE": "",  # eight processes read the same files: compiled once, they are read in half the time
}

PRODUCTION = {
    "MOOTHALL_ENV": "production",
    "SECRET_KEY": "check-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "ALLOWED_HOSTS": "boards.example.org",
    "SITE_URL": "https://boards.example.org",
}


def postgres_url() -> str | None:
    """Give the address of a PostgreSQL that answers, or None."""
    import psycopg

    named = os.environ.get("TEST_DATABASE_URL")
    for url in [named] if named else ["postgres://postgres@127.0.0.1:5432/postgres", "postgres:///postgres"]:
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.OperationalError as fault:
            if named:
                print(f"TEST_DATABASE_URL is set but does not answer: {fault}", file=sys.stderr)
            continue
        return url
    return None


def run(name: str, *command: str, **env: str) -> bool:
    print(f"\n=== {name}", flush=True)
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **PATHS, **env}, check=False)
    print(
        f"--- {name}: {'passed' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True
    )
    return done.returncode == 0


def make_tables(databases: list[dict[str, str]]) -> None:
    """Make the tables that the tests copy while the code is being read: that leaves a processor free."""
    for each in databases:
        subprocess.run(
            [sys.executable, "-m", "tests.prepared"], cwd=ROOT, env={**os.environ, **PATHS, **each}, check=False
        )


def main() -> int:
    python, manage = sys.executable, (sys.executable, "manage.py")
    steps: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
        ("Format", (str(BIN / "ruff"), "format", "--check", "."), {}),
        ("Lint", (str(BIN / "ruff"), "check", "."), {}),
        ("Order of the rooms", (str(BIN / "lint-imports"), "--no-cache"), {}),
        ("Types", (str(BIN / "mypy"),), {}),
        ("Django's own checks", (*manage, "check", "--fail-level", "WARNING"), {}),
        ("Checks for production", (*manage, "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
        ("Migrations match the models", (*manage, "makemigrations", "--check", "--dry-run"), {}),
        (
            "Security reading",
            (
                str(BIN / "bandit"),
                "-q",
                "-r",
                "-ll",
                "-c",
                "pyproject.toml",
                "boards",
                "cms",
                "engagement",
                "site/moothall",
                "site/components",
            ),
            {},
        ),
    ]
    pytest = (python, "-m", "pytest", "-q", "--durations=25", "-n", "3", "--dist", "loadscope", "tests")
    url = postgres_url()
    on_sqlite = {"DATABASE_URL": "", "TEST_SQLITE_NAME": str(ROOT / "var" / "test.sqlite3")}
    steps.append(("Tests on SQLite", (*pytest, "-m", "not once and not walk" if url else "not walk"), on_sqlite))
    threading.Thread(
        target=make_tables, args=([{"DATABASE_URL": each} for each in ("", url) if each is not None],)
    ).start()
    failed = [name for name, command, env in steps if not run(name, *command, **env)]
    if url:
        # Pages look the same on either database: the browser runs once.
        if not run("Tests on PostgreSQL", *pytest, "-m", "(not browser or journey) and not walk", DATABASE_URL=url):
            failed.append("Tests on PostgreSQL")
    elif IN_CI:
        failed.append("Tests on PostgreSQL (no server answers, and CI must have one)")
    else:
        print("\n=== Tests on PostgreSQL: left out, no server answers. Set TEST_DATABASE_URL to run them.")
    if failed:
        print("\nFailed: " + "; ".join(failed))
        return 1
    print("\nEverything passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
