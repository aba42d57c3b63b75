"""Tests of one group run on one worker, since what they share is dear or may not be used twice at once."""

import pytest


@pytest.mark.xdist_group("kept-together")
def test_the_workers_are_told_the_group_of_a_test(request):
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("only several workers have groups")
    assert request.node.nodeid.endswith("@kept-together"), "this pytest and this pytest-xdist do not fit together"
