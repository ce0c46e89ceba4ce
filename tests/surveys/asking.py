"""Schemas for tests, in as few words as may be."""


def question(id="q1", kind="short_text", label="What is it like?", **fields):
    if kind in ("one_choice", "several", "drop_down", "ranking", "points") and "choices" not in fields:
        fields["choices"] = choices("Swings", "Benches", "Trees")
    if kind == "matrix":
        fields.setdefault("rows", choices("Paths", "Lights"))
        fields.setdefault("columns", choices("Bad", "Fair", "Good"))
    if kind == "consent":
        fields.setdefault("scope", "evidence")
    return {"id": id, "kind": kind, "label": label, **fields}


def choices(*labels, **last):
    """Choices with ids a, b, c…; keywords are said of the last one."""
    made = [{"id": "abcdefghijklmnop"[at], "label": label} for at, label in enumerate(labels)]
    made[-1].update(last)
    return made


def page(id="p1", *questions, title="About the park", **fields):
    return {"id": id, "title": title, "questions": list(questions), **fields}


def schema(*pages, language="en"):
    return {"language": language, "pages": list(pages)}


BRANCHING = schema(
    page(
        "p1",
        question("uses", "yes_no", "Do you use the park?", required=True),
        title="The park",
        next=[{"if": {"q": "uses", "is": "no"}, "to": "p3"}],
    ),
    page(
        "p2",
        question("often", "one_choice", "How often?", choices=choices("Every day", "Every week", "Other", other=True)),
        question("best", "long_text", "What do you like best?", show_if={"q": "often", "is": "a"}),
        title="How you use it",
    ),
    page("p3", question("wish", "short_text", "What should change?"), title="What should change"),
)
"""Three pages; who does not use the park passes over the second, and who comes daily is asked one more."""
