"""Counting the calls of those who wait."""

from benchmarks.rows.polls import calls_an_hour, ours, plain


def test_plain_asks_for_each_cluster_every_five_seconds() -> None:
    """Four plain waits cost 4 x 720 calls an hour."""
    assert calls_an_hour(plain, 4) == 2_880


def test_ours_cost_no_more_for_more_clusters() -> None:
    """Four waits of ours cost what three do."""
    assert calls_an_hour(ours, 4) == calls_an_hour(ours, 3) < 1_440
