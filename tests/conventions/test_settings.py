"""Production refuses to start half-dressed, and says what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "MOOTHALL_ENV": "production",
    "SECRET_KEY": "for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
    "ALLOWED_HOSTS": "boards.example.org",
    "SITE_URL": "https://boards.example.org",
}


def start(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of its own, with this environment and no other."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import moothall.settings as s; print(s.SESSION_COOKIE_NAME, len(s.SECRET_KEY))"],
        env={**kept, "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}", "MOOTHALL_VAR": str(tmp_path), **env},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )


def test_production_starts_when_all_is_set(tmp_path):
    done = start(tmp_path, **GOOD)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("__Host-session")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DEMO": "true"}, "DEMO"),
    ],
)
def test_production_refuses_to_start_and_says_why(tmp_path, change, named):
    done = start(tmp_path, **{**GOOD, **change})

    assert done.returncode != 0
    assert f"- {named}:" in done.stderr


def test_with_nothing_set_a_secret_is_made_once_and_kept_to_its_owner(tmp_path):
    first, second = start(tmp_path), start(tmp_path)

    key = tmp_path / "secret-key"
    assert first.returncode == second.returncode == 0, first.stderr
    assert len(key.read_text()) >= 50
    assert key.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://host/name"),
        ("DATABASE_URL", "postgres://user:password@host:port/name"),
        ("REDIS_URL", "nonsense"),
        ("EMAIL_URL", "nonsense"),
        ("PROCESSES", "two"),
        ("PROCESSES", "0"),
        ("CONN_MAX_AGE", "-1"),
        ("TRUSTED_PROXIES", "9" * 5000),
        ("DEBUG", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
        ("SITE_URL", "boards.example.org"),
        ("MOOTHALL_ENV", "prod"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named_in_a_sentence(tmp_path, name, odd):
    done = start(tmp_path, **{name: odd})

    assert done.returncode != 0
    assert f"- {name}: " in done.stderr


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    done = start(tmp_path, **{**GOOD, "SECRET_KEY": "short", "DEBUG": "true", "PROCESSES": "4", "DATABASE_URL": "x"})

    for name in ("SECRET_KEY", "DEBUG", "PROCESSES", "DATABASE_URL"):
        assert f"- {name}: " in done.stderr


def test_a_name_set_to_nothing_is_a_name_not_set(tmp_path):
    lines = (ROOT / ".env.example").read_text().splitlines()
    names = {line.lstrip("# ").partition("=")[0] for line in lines if "=" in line and line.startswith("# ")}
    names = {name for name in names if name.isupper() and name != "MOOTHALL_VAR"}
    assert len(names) > 20

    done = start(tmp_path, **dict.fromkeys(names, ""))

    assert done.returncode == 0, done.stderr
    assert done.stdout == start(tmp_path).stdout


def test_production_without_a_site_address_takes_its_first_host(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import moothall.settings as s; print(s.SITE_URL)"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}", "MOOTHALL_VAR": str(tmp_path)}
        | {name: value for name, value in GOOD.items() if name != "SITE_URL"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "https://boards.example.org", done.stderr
