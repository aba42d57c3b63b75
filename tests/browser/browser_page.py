"""How to tell that the page stands still."""

READY = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"


def settle(page):
    page.get_by_text("A description of the market, not advice").wait_for(timeout=60_000)
    page.wait_for_selector(READY, timeout=60_000)
    page.wait_for_function("document.querySelectorAll('[data-stale=true]').length === 0")
