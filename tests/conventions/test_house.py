"""The house is as the style says: every view has a door, every foreign key keeps the order."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
ROOMS_ROOTS = ("boards", "engagement", "cms", "moothall", "components")


def every_pattern(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from every_pattern(pattern, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


def ours() -> list[tuple[str, Any]]:
    return [
        (address, pattern.callback)
        for address, pattern in every_pattern()
        if pattern.callback.__module__.split(".")[0] in ROOMS_ROOTS and not address.startswith("desk/")
    ]


def test_there_are_views_to_walk():
    assert len(ours()) > 20


@pytest.mark.parametrize(("address", "view"), ours(), ids=[address or "/" for address, _ in ours()])
def test_every_view_says_who_may_enter(address, view):
    assert re.fullmatch(r"open_to_all|login_required|officers_only:\w+", getattr(view, "door", "")), (
        f"{address} ({view.__module__}.{view.__name__}) has no @open_to_all, @login_required or @officers_only"
    )


def order_of_rooms() -> list[str]:
    """The layers contract, from the ground up; rooms on one floor share a line."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    return list(reversed(contract["layers"]))


def floor_of(module: str) -> int | None:
    for floor, line in enumerate(order_of_rooms()):
        for room in re.split(r"\s*[|:]\s*", line):
            room = room.strip("() ")
            if module == room or module.startswith(room + "."):
                return floor
    return None


def foreign_keys() -> list[tuple[str, str, str]]:
    found = []
    for model in apps.get_models(include_auto_created=False):
        if floor_of(model.__module__) is None:
            continue
        for field in model._meta.get_fields():
            target = field.related_model if (field.many_to_one or field.one_to_one or field.many_to_many) else None
            ours = target and not field.auto_created and floor_of(target.__module__) is not None
            if ours and target._meta.app_label != model._meta.app_label:
                found.append((f"{model._meta.label}.{field.name}", model.__module__, target.__module__))
    return found


@pytest.mark.parametrize(("name", "source", "target"), foreign_keys(), ids=[name for name, *_ in foreign_keys()])
def test_every_foreign_key_keeps_the_order(name, source, target):
    assert floor_of(target) < floor_of(source), f"{name} leans on a room above or beside it"


def python_files() -> list[Path]:
    return [path for root in ("boards", "engagement", "cms", "site") for path in (ROOT / root).rglob("*.py")]


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_called_utils(path):
    assert path.stem not in {"utils", "helpers", "misc"}


def test_actions_and_rules_never_see_a_request():
    for path in python_files():
        if path.stem in {"actions", "rules"} or path.parent.name in {"actions", "rules"}:
            names = {node.arg for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.arg)}
            assert "request" not in names, path


def test_every_dependency_says_what_it_is_for():
    inside = False
    for line in (ROOT / "pyproject.toml").read_text().splitlines():
        inside = line.startswith(("dependencies = [", "test = [")) or (inside and not line.startswith("]"))
        if inside and re.match(r'\s+"[A-Za-z]', line):
            assert "#" in line, line


def test_no_registry_address_is_written_down():
    for name in ("requirements.lock", "tests/requirements.lock", "package-lock.json", "package.json", ".npmrc"):
        path = ROOT / name
        if path.exists():
            text = path.read_text()
            assert "--index-url" not in text
            assert "registry.npmjs" not in text
            assert '"resolved"' not in text
