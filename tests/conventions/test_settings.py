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
