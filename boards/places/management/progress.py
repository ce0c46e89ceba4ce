"""How far a long command has come: a bar for someone who watches, lines for a log."""

from __future__ import annotations

import sys
import time
from typing import TextIO

WIDTH = 30
SECONDS_BETWEEN = {"bar": 0.1, "lines": 5.0}


class ProgressBar:
    """Call it with how much is done and of how much. It writes to the error stream, so output can be piped."""

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self.label, self.stream = label, stream or sys.stderr
        self.style = "bar" if self.stream.isatty() else "lines"
        self.last_at = time.monotonic() if self.style == "lines" else 0.0
        self.finished = False

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        ending = done >= total
        if self.finished or (not ending and now - self.last_at < SECONDS_BETWEEN[self.style]):
            return
        self.last_at, self.finished = now, ending
        percent = 100 if total <= 0 else min(100, 100 * done // total)
        if self.style == "lines":
            self.stream.write(f"{self.label}: {percent}%\n")
        else:
            filled = WIDTH * percent // 100
            self.stream.write(f"\r{self.label} [{'█' * filled}{'░' * (WIDTH - filled)}] {percent}%")
            if ending:
                self.stream.write("\n")
        self.stream.flush()
