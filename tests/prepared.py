"""The tables of the tests, made once for each state of the migrations and copied for each run.

To bring an empty database forward by every migration takes half a minute of a processor; a copy takes a moment. The
copy is kept under a name that is a digest of every migration there is, so a changed one is always run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "tests"
STEM = "moothall_tables_"


def digest() -> str:
    """Give what the tables depend on: Django, and the text of every migration of every app."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    text = hashlib.sha256(django.__version__.encode())
    for key in sorted(loader.disk_migrations):
        module = sys.modules[type(loader.disk_migrations[key]).__module__]
        text.update(f"{key}".encode() + Path(str(module.__file__)).read_bytes())
    return text.hexdigest()[:16]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"lock-{connection.vendor}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate(url: str) -> None:
    """Bring an empty database forward in a process of its own: the tests' own guard knows nothing of it."""
    env = {**os.environ, "DATABASE_URL": url, "SQLITE_SYNCHRONOUS": "OFF", "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}"}
    subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v", "0"], env=env, cwd=ROOT, check=True)


def prepare() -> None:
    """Put a copy of the tables where Django is about to look for the test database."""
    name = connection.creation._get_test_db_name()
    if connection.vendor == "sqlite":
        copy_file(Path(name))
    else:
        copy_database(name)


def kept_file() -> Path:
    with one_at_a_time():
        kept = KEPT / f"{STEM}{digest()}.sqlite3"
        if not kept.exists():
            for old in KEPT.glob(f"{STEM}*"):
                old.unlink()
            half = kept.with_suffix(".half")
            migrate(f"sqlite:///{half}")
            half.rename(kept)
    return kept


def copy_file(test: Path) -> None:
    kept = kept_file()
    test.parent.mkdir(parents=True, exist_ok=True)
    for left in (test, Path(f"{test}-wal"), Path(f"{test}-shm"), Path(f"{test}-journal")):
        left.unlink(missing_ok=True)
    shutil.copyfile(kept, test)


def kept_database() -> str:
    kept = STEM + digest()
    with one_at_a_time(), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept])
        if cursor.fetchone() is None:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{STEM}%"])
            for (old,) in cursor.fetchall():
                with suppress(DatabaseError):  # another checkout is copying it
                    cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            half = f"{kept}_half"
            cursor.execute(f'CREATE DATABASE "{half}"')
            parts = urlsplit(os.environ["DATABASE_URL"])
            migrate(urlunsplit(parts._replace(path=f"/{half}")))
            cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{kept}"')
    return kept


def copy_database(test: str) -> None:
    kept = kept_database()
    with one_at_a_time(), connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{test}"')
        cursor.execute(f'CREATE DATABASE "{test}" TEMPLATE "{kept}"')


def main() -> None:
    """Make them for the database of DATABASE_URL, so that the tests find them ready."""
    django.setup()
    kept_file() if connection.vendor == "sqlite" else kept_database()


if __name__ == "__main__":
    main()
