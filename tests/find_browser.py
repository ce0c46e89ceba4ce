"""Find a Chromium for the browser tests, or install one and say how."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

SHELL = "chromium-headless-shell"
"""Chromium without its own windows and panels, which no test looks at: half the work for the same pages."""
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def found() -> str | None:
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def install(*packages: str) -> None:
    apt = shutil.which("apt-get")
    as_root = [] if os.geteuid() == 0 else (["sudo", "-n"] if shutil.which("sudo") else None)
    if apt and as_root is not None:
        print(f"Installing Debian's package: apt-get install {' '.join(packages)}", flush=True)
        subprocess.run([*as_root, apt, "update", "-qq"], check=False)
        subprocess.run(
            [*as_root, apt, "install", "-y", "-qq", "--no-install-recommends", *packages],
            check=False,
            stdout=subprocess.DEVNULL,
        )


def main() -> int:
    if not found():
        install(SHELL, "fonts-noto-core")
    if not found():
        install("chromium", "fonts-noto-core")
    if not found():
        print(
            "No Chromium found. Install one (Debian: apt-get install chromium) or set CHROMIUM to its path.",
            file=sys.stderr,
        )
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
