"""How to tell that the page stands still."""

READY = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
FOOT = "A description of the market, not advice"


def settle(page, last=FOOT):
    """Wait for the words that the page ends with, and until no part of it is being drawn."""
    page.get_by_text(last).first.wait_for(timeout=60_000)
    page.wait_for_selector(READY, timeout=60_000)
    page.wait_for_function("document.querySelectorAll('[data-stale=true]').length === 0")
