"""A survey of forty questions of every kind, and answers to it: hostile ones among them."""

from __future__ import annotations

from random import Random

from tests.surveys.asking import choices, page, question, schema

KINDS = (
    "one_choice", "several", "scale", "yes_no", "matrix", "number", "faces", "drop_down", "short_text", "long_text",
    "ranking", "points", "place", "date", "consent",
)  # fmt: skip
HOSTILE = (
    '=HYPERLINK("http://example.org")', "+44 1632 960960", "-1+1", "@SUM(A1)", "\tTab", '"quoted", and, commas',
    "two\nlines", "‏مرحبا", "＝1＋1", "'already", "😀 fine", " =1+1", "plain",
)  # fmt: skip
WORDS = choices("Swings", "=Benches", 'Trees, "old" ones', "Other", other=True)


def forty(many=40):
    """A schema of so many questions: a mix of every kind, on pages of ten."""
    questions = []
    for at in range(many):
        kind = KINDS[at % len(KINDS)]
        fields = {}
        if kind in ("one_choice", "several", "drop_down"):
            fields["choices"] = WORDS
        if kind == "number":
            fields["decimals"] = 2
        if kind == "scale":
            fields["steps"] = 5
        questions.append(question(f"q{at + 1}", kind, f"Question {at + 1}?", **fields))
    return schema(*(page(f"p{start // 10 + 1}", *questions[start : start + 10]) for start in range(0, many, 10)))


def answer(asks, random: Random):
    """Answers to most of its questions."""
    found = {}
    for each in (each for one in asks["pages"] for each in one["questions"]):
        if random.random() < 0.1:
            continue
        key = each["id"]
        match each["kind"]:
            case "one_choice" | "drop_down":
                found[key] = random.choice("abcd")
                if found[key] == "d":
                    found[f"{key}__other"] = random.choice(HOSTILE)
            case "several":
                found[key] = sorted(random.sample("abc", random.randint(1, 3)))
            case "scale" | "faces":
                found[key] = random.randint(1, 5)
            case "yes_no":
                found[key] = random.choice(["yes", "no", "unknown"])
            case "matrix":
                found[key] = {row: random.choice("abc") for row in "ab"}
            case "number":
                found[key] = random.choice(["0.1", "-2.5", "12", "1234567.89", f"{random.randint(16, 90)}"])
            case "short_text" | "long_text":
                found[key] = random.choice(HOSTILE)
            case "ranking":
                found[key] = random.sample("abc", random.randint(1, 3))
            case "points":
                found[key] = {"a": 60, "b": 40}
            case "place":
                found[key] = {"words": random.choice(HOSTILE), "lat": "54.123", "lon": "-1.344"}
            case "date":
                found[key] = f"2026-0{random.randint(1, 9)}-15"
            case "consent":
                found[key] = random.random() < 0.7
    return found
