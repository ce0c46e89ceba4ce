"""The gallery of components, and each board's own picture."""

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from components.samples import samples
from components.scenery import SHAPES, draw_scene

HERE = Path(__file__).parent


# These hold the page's h1, so each is shown on a page to itself.
OWN_PAGE = {"confirmation", "hero"}


def component_names() -> list[str]:
    """Every folder that holds a component: one with a template of its own name."""
    return sorted(folder.name for folder in HERE.iterdir() if (folder / f"{folder.name}.html").exists())


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with its example, for whoever builds a page and for the accessibility tests."""
    context = samples()
    examples = [
        {"name": name, "html": "" if name in OWN_PAGE else _example(name, context, request)}
        for name in component_names()
    ]
    return TemplateResponse(request, "components/gallery.html", {**context, "examples": examples})


@require_safe
def gallery_item(request: HttpRequest, name: str) -> HttpResponse:
    """One component on a page to itself."""
    if name not in component_names():
        raise Http404
    context = samples()
    return TemplateResponse(
        request,
        "components/gallery_item.html",
        {**context, "name": name, "html": _example(name, context, request), "brings_h1": name in OWN_PAGE},
    )


def _example(name: str, context: dict[str, Any], request: HttpRequest) -> str:
    return render_to_string(f"components/{name}/example.html", context, request)


@require_safe
def scene(request: HttpRequest, seed: str, shape: str) -> HttpResponse:
    """A picture that never changes for its address, so it may be kept for a year."""
    if shape not in SHAPES or len(seed) > 60:
        raise Http404
    return HttpResponse(
        draw_scene(seed, shape),
        content_type="image/svg+xml",
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


# What `open_to_all` of boards.people sets; this room is below that one and may not import it.
gallery.door = gallery_item.door = "open_to_all"  # type: ignore[attr-defined]
scene.door = "open_to_all"  # type: ignore[attr-defined]
