"""How many times something may be tried."""

from django.core.cache import cache

from boards.people.limits import count_one, counted


def test_each_try_counts_one_and_another_network_starts_at_one():
    assert [count_one("asking", "192.0.2.1") for _ in range(3)] == [1, 2, 3]
    assert count_one("asking", "192.0.2.2") == 1
    assert counted("asking", "192.0.2.1") == 3


def test_a_count_that_two_begin_in_the_same_moment_is_not_begun_anew(monkeypatch):
    add = cache.add

    def add_after_another(key, value, seconds):
        add(key, 1, seconds)
        return add(key, value, seconds)

    monkeypatch.setattr(cache, "add", add_after_another)

    assert count_one("asking", "192.0.2.3") == 2


def test_a_count_runs_out(monkeypatch):
    count_one("asking", "192.0.2.4", seconds=60)
    cache.delete("limit:asking:192.0.2.4")

    assert count_one("asking", "192.0.2.4") == 1
