"""How to open a profile, how to tell that the page stands still, and what axe finds on it."""

from axe_playwright_python.sync_playwright import Axe

PATIENCE = 120_000
"""Milliseconds: a machine with other work to do draws a page in its own time."""
READY = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
FOOT = "A description of the market, not advice"


def profile(browser, **looks):
    """Open a profile of its own in the browser."""
    context = browser.new_context(**looks)
    context.set_default_timeout(PATIENCE)
    return context


def appears(page, words):
    """Wait until words can be seen; tables have hidden cells of the same words."""
    page.get_by_text(words).filter(visible=True).first.wait_for()


def settle(page, last=FOOT):
    """Wait for the words that the page ends with, and until no part of it is being drawn."""
    appears(page, last)
    page.wait_for_selector(READY)
    page.wait_for_function("document.querySelectorAll('[data-stale=true]').length === 0")


def no_serious_violation(page):
    """Fail where axe finds something serious."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    # Nothing is left out: neither a rule nor a part of the page.
    bad = [
        f"{one['id']} ({one['impact']}): {' '.join(node['html'].split())[:200]}; {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
        if one["impact"] in {"serious", "critical"}
    ]
    assert not bad, "\n".join(bad)
