"""`sentiment alerts` and `sentiment digest`: what the rules say, without sending; and the week of the watchlist."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from sentiment import files
from sentiment.cli.options import read_day, say
from sentiment.errors import MissingExtraError, SelectionError
from sentiment.formatting import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sentiment.web.alerts.reading import Reading
    from sentiment.web.alerts.rule_file import Plan
    from sentiment.web.alerts.rules import Rule

YEAR = timedelta(days=365)
_NO_RULES = """\
sentiment: there are no alert rules: {found}
Write one on the page (sentiment run, then More, Alerts), or into that file:

    [[rule]]
    asset = "BTC-USD"    # without this line: every asset of the watchlist
    what = "fear"
    above = 75

and run sentiment alerts again to see when it last spoke. Other rules, and channels to send to: docs/alerts.md"""


def alerts(
    *,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="List what the rules would have sent after this day.")
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Send what is new, the way `sentiment watch` does.")] = False,
) -> None:
    """List the alert rules, when each last fired, and what would be sent now. Without --send it sends nothing."""
    from sentiment.web.alerts import decide, outbox, reading

    first = read_day(since)
    plan = _plan()
    if send:
        _send()
        return
    known: dict[str, Reading] = {}

    def load(asset: str, now: datetime) -> Reading:
        known[asset] = known[asset] if asset in known else reading.load(asset, now)
        return known[asset]

    messages, failures = decide.preview(plan, outbox.load(), datetime.now(UTC), load)
    for asset, listed in decide.by_asset(plan).items():
        for rule in listed if asset in known else ():
            for line in _said(known[asset], rule, first):
                say(line)
    failures |= _faults(plan)
    for where, why in failures.items():
        say(f"{where}: {why}")
    say(f"Channels: {', '.join(plan.channels) or 'none'}.")
    say("Nothing new would be sent now." if not messages else f"Would be sent now ({len(messages)}):")
    for message in messages:
        say(f"\n{message.title}\n\n{message.text}")
    if failures:
        raise typer.Exit(1)


def _plan() -> Plan:
    """Read the rules; where there are none, say what to do, and end with the exit code of a wrong request."""
    from sentiment.web.alerts import rule_file

    plan = rule_file.read()
    if plan is not None and (plan.entries or plan.digest):
        return plan
    place = rule_file.place()
    found = f"{place} is not there" if plan is None else f"{place} has none"
    typer.echo(visible(_NO_RULES.format(found=found)), err=True)
    raise typer.Exit(2)


def _faults(plan: Plan) -> dict[str, str]:
    """Return what is wrong with rules and channels, by their place."""
    from sentiment.web.alerts import channels

    try:
        return {**plan.faults, **channels.open_all(plan.channels)[1]}
    except MissingExtraError as error:
        return {**plan.faults, "channels": str(error)}


def _said(reading: Reading, rule: Rule, since: date | None) -> Iterator[str]:
    """Yield a line for the rule, and what it would have said since a day; without one the last that it said in a year."""
    from sentiment.web.alerts import decide

    found = decide.replay(rule, reading, since or reading.last - YEAR)
    yield rule.key(reading.asset)
    if since is None:
        yield f"    last: {found[-1].reason}" if found else "    not in the last year"
    else:
        yield from (f"    {alert.reason}" for alert in found)


def _send() -> None:
    from sentiment import logs
    from sentiment.cli.watch import speaking
    from sentiment.market import live, watch

    if not live.enabled():
        raise SelectionError("SENTIMENT_OFFLINE=1 asks no network; unset it to send")
    logs.configure()
    done = watch.run_round((speaking(),), watch.Stop())
    say(done.summary or "nothing to send")
    if done.failures:
        raise typer.Exit(1)


def digest(
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE.html", help="Write it as HTML.")] = None,
) -> None:
    """Print the weekly digest of the watchlist, or write it as HTML; `sentiment watch` mails it every week."""
    from sentiment.web.alerts import digest as weekly
    from sentiment.web.alerts import reading

    made = weekly.make(datetime.now(UTC), reading.load)
    if out is None:
        say(made.text)
        return
    try:
        files.write(out, made.html.encode())
    except OSError as error:
        raise SelectionError(f"cannot write {out}: {error.strerror}") from None
    typer.echo(f"{out}: {made.title}")
