"""One, and several: the words that go with a number."""

from __future__ import annotations

from bot.slack import limits_words, routine_words, words
from flows import stocking_words


def test_one_thing_is_not_spoken_of_as_several() -> None:
    assert stocking_words.uncounted(1).endswith("until somebody counts it")
    assert stocking_words.uncounted(2).endswith("until somebody counts them")
    assert "1 of the 10 listings in sync changes its number:" in limits_words.effect(1, 10)
    assert "2 of the 10 listings in sync change their number:" in limits_words.effect(2, 10)
    assert words.retried(1) == "Trying again: 1 of the refused numbers is on its way."
    assert words.retried(2) == "Trying again: 2 of the refused numbers are on their way."


def test_the_least_distance_between_two_looks_cannot_be_read_as_the_longest() -> None:
    assert "no more often than every 5 minutes; choose that or longer" in routine_words.often(300)
