"""Links and queries: whatever is asked is followed or told, and what was followed can be asked again."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from dataclasses import fields
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, quote, unquote, urlencode

import asgi
from bench.viewers import viewing
from websockets.exceptions import ConnectionClosed

from sentiment.errors import InputError
from sentiment.models import Selection
from sentiment.validation import forward_returns
from sentiment.web import links, markup
from sentiment.web.api.addresses import ADDRESSES
from sentiment.web.api.problems import ProblemError
from sentiment.web.api.queries import parse_query
from sentiment.web.link_spelling import AROUND, EMBED
from sentiment.web.security.framing import draws_one_chart
from sentiment.web.streamlit_state import page_parameters
from torture import outcome
from torture.outcome import SHOWN, Attack, Dice, Outcome, own_folder
from torture.payloads import ALL
from torture.served import serving

SCREENS, SOON = 300, 1.0
AS_TYPED = "%&=+!$'()*,/:;?@[]^_`{|}~-."
"""What a browser leaves as it is in the query of an address."""
NAMES = tuple(field.name for field in fields(Selection))
OTHERS = (
    "v",
    "embed",
    "embed_options",
    "start",
    "end",
    "asset[]",
    "ASSET",
    " asset",
    "",
    "__proto__",
    "as_of\0",
    "ｖ",
    "weights ",
)
VALUES = {
    "asset": ("BTC-USD", "btc-usd", "ETH-USD", "BTC-USD ", "^VIX", "BTC-FUNDING"),
    "view": (*links.VIEWS, "overview", "Add+notes"),
    "chart": (*links.CHARTS, "Timeline"),
    "range": (*links.RANGES, "1y", "0D", "10Y"),
    "as_of": ("2025-12-02", "2024-02-29", "2023-02-29", "2014-09-17", "1969-12-31", "9999-12-31", "2025-12-2", "2025-W49-2", "20251202"),
    "known_at": (
        "2026-10-04T12:00:00Z", "2026-10-04T12:00:00+05:30", "2026-10-04 12:00:00Z", "2026-10-04", "1970-01-01T00:00:00+23:59", "1970-01-01T00:00:00Z",
        "2199-12-31T23:59:59-23:59", "2026-10-04T12:00:00.123456789Z", "2026-W40-7T12Z", "20261004T120000Z", "2026-03-29T02:30:00+02:00", "0001-01-01T00:00:00+01:00",
    ),
    "log": ("true", "false", "True", "1", "0", ""),
    "note": ("k33-2025-12-02", "K33-2025-12-02", "putin-2018-06-07"),
    "correct": ("k33-2025-12-02", "none"),
    "find": ("fear", "FEAR", "fear greed", "é", "x" * 100, "x" * 101),
    "publisher": ("K33 Research", "k33 research"),
    "theme": ("leverage", "fear", "luck"),
    "about": ("BTC-USD", "ETH-USD"),
    "since": ("2025-11-01", "0001-01-01", "9999-12-31", "2025-02-30"),
    "series": ("Regimes", "VIX", "vix"),
    "horizon": (*map(str, forward_returns.HORIZONS), "8", "07", "7.0", "-7"),
    "seed": ("0", "5", "007", "999999999", "1000000000", "-1", "１２", "1_0"),
    "weights": (
        "drawdown:20,policy:0", "drawdown:20,drawdown:20", "drawdown:nan", "drawdown:inf", "drawdown:1e2", "drawdown:1e-9", "drawdown:-0", "drawdown:1_0", "drawdown: 5",
        "drawdown:101", "luck:1", "drawdown", ":", ",", "drawdown:0.1,value:0.30000000000000004", "research_tone:0,research_stance:0", ",".join(f"x{n}:1" for n in range(99)),
    ),
    "v": ("1", "2", "1.0"),
    "start": ("2025-11-01", "2025-13-01", "0001-01-01", "9999-12-31"),
    "end": ("2025-12-02", "2014-09-17", "end"),
}  # fmt: skip


def query(dice):
    """Make a query: right, wrong, repeated, huge or no query at all."""
    if dice.chance(0.05):
        return dice.pick(
            (dice.text(300), dice.pick(ALL), "&" * 2_000, "=&=", "?asset=BTC-USD", "asset", "x" * dice.below(4_000))
        )
    pairs = [_pair(dice) for _ in range(1 if dice.chance(0.5) else 2 + dice.below(5))]
    if dice.chance(0.1):
        pairs += [pairs[0]] * (1 + dice.below(3))
    if dice.chance(0.03):
        pairs.append((dice.pick(NAMES), dice.pick(ALL) * 200))
    if dice.chance(0.2):
        return "&".join(f"{name}={value}" for name, value in pairs)  # as somebody types it
    return urlencode(pairs, errors="surrogatepass", quote_via=quote)


def _pair(dice):
    name = dice.pick(OTHERS) if dice.chance(0.12) else dice.pick(NAMES)
    known = VALUES.get(name, ("x",))
    return name, dice.pick(known) if dice.chance(0.6) else dice.pick((dice.pick(ALL), dice.text(60), ""))


def bare(text):
    """Decode what is encoded still, and take off what stood around a link."""
    for _ in range(3):
        text = unquote(text) if re.search("%[0-9A-Fa-f]{2}", text) else text
    return text.strip(AROUND)


def key(text):
    """Return the letters and digits of a text, which near spellings share."""
    return re.sub(r"[-_ .+^$=/:]", "", bare(str(text))).casefold()


def says(name, value):
    """What a value of a link means, read here without the code under attack; None where it is no value."""
    try:
        return READ[name](value)
    except ValueError:
        return None


def day(text):
    text = bare(text)
    parts = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text, re.ASCII)
    return date(*map(int, parts.groups())) if parts else date.fromisoformat(text)


def instant(text):
    return datetime.fromisoformat(re.sub(r"(\d) (\d{2}:?\d{2})$", r"\1+\2", bare(text)))


FLAGS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
READ = {
    "as_of": day,
    "since": day,
    "known_at": instant,
    "log": lambda text: FLAGS.get(bare(text).lower()),
    "seed": lambda text: int(bare(text)),
    "horizon": lambda text: int(bare(text)),
    "find": str,
    "weights": lambda text: {
        name.lower(): float(value) for name, value in (item.split(":") for item in bare(text).split(","))
    },
}


def passed_over(name, value):
    """Whether a parameter may be split, be respelled or go without a word: never one of ours with one plain value."""
    if name in NAMES:
        return "&" in value and name != "find"
    near = {key(ours) for ours in (*NAMES, "v", "method")}
    several = "=" in name or "%" in name or "&" in value or name.startswith(("amp;", "#38;"))
    return several or not bare(value) or name.startswith("_") or key(name) in near


def fits(name, value, got):
    if name == "weights":
        kept = dict(got)
        return all(kept.get(part, weight) == weight for part, weight in says(name, value).items())
    if name == "asset":
        return key(got) in key(value) or key(value) in key(got)
    if name == "view":
        renamed = {key(earlier): name for earlier, name in links.RENAMED_VIEWS.items()}
        return key(renamed.get(key(value), value)) == key(got)
    return says(name, value) == got if name in READ else key(value) == key(got)


def followed(text):
    """Hold a query to the law of links: followed as it says or told, never both, and written again the same."""
    selection, told = links.from_query(text)
    assert all(isinstance(one, str) and "\n" not in one for one in told)
    again, nothing = links.from_query(links.to_query(selection))
    assert (again, nothing) == (selection, ()), "what was followed is not what it is written as"
    if len(text) > links.MAX_QUERY:
        assert selection == Selection()
        assert told
        return "too long"
    pairs = parse_qsl(text, keep_blank_values=True)
    meant = links.spelled(pairs)
    for name, value in pairs:
        assert (name, value) in meant or passed_over(name, value), f"{name!r} was passed over in silence"
    _, problems = links.parse_pairs(pairs)
    names = {problem.name for problem in problems}
    for name in {name for name, _ in meant} - names - {"v", "method", *EMBED}:
        values = [value for other, value in meant if other == name]
        assert name in NAMES, f"{name!r} was passed over in silence"
        assert len(values) == 1, f"{name} is there {len(values)} times"
        assert fits(name, values[0], getattr(selection, name)), (
            f"{name}={values[0]!r} became {getattr(selection, name)!r}"
        )
    return "with a message" if told else "followed"


def link(dice):
    return followed(query(dice))


def ask(dice):
    """Hold the address of a table to the same law: an answer that its own canonical query repeats, or one clear problem."""
    what, form = dice.pick(list(ADDRESSES.values()))
    text = query(dice).encode("utf-8", "surrogatepass").decode(errors="replace")[: links.MAX_QUERY]
    try:
        wanted = parse_query(what, form, text)
    except ProblemError as problem:
        body = json.loads(problem.response("/x").body)
        assert 400 <= body["status"] < 500
        assert body["problems"]
        return "refused"
    except InputError as error:
        assert "\n" not in str(error)
        return "refused"
    assert parse_query(what, form, wanted.query) == wanted, f"{wanted.query!r} asks for something else"
    assert wanted.file_name.isascii()
    assert not set(wanted.file_name) & set('"\r\n/\\;')
    assert wanted.selection.known_at is None or wanted.selection.known_at <= datetime.now(UTC)
    return "answered"


def frame(dice):
    """What may be framed is what the page draws as a single chart, whatever else stands in the address."""
    pieces = ["embed=true", "embed=true", f"chart={dice.pick(('timeline', 'fear', 'nonsense', ''))}", query(dice)]
    dice.rng.shuffle(pieces)
    text = "&".join(pieces[: 2 + dice.below(3)])
    sent = text.encode("utf-8", "surrogatepass")
    allowed = draws_one_chart(sent)
    pairs = page_parameters(sent.decode("latin-1"))
    selection, _ = links.from_pairs([pair for pair in pairs if pair[0] not in EMBED])
    if allowed:
        assert selection.chart in {"timeline", "fear"} or selection.chart in links.CHARTS
        assert [value for name, value in pairs if name == "embed"] == ["true"]
        assert len(sent) <= links.MAX_QUERY
    return "a chart" if allowed else "refused"


ATTACKS = (
    Attack("links", 12_000, link),
    Attack("addresses of tables", 8_000, ask),
    Attack("who may be framed", 8_000, frame),
)


def run(scale, seed):
    return [*outcome.run(ATTACKS, scale, seed), opened(max(1, round(SCREENS * scale)), seed)]


def opened(count, seed):
    """Open links as screens of a real server: each is drawn within a second, and says what of its link was not followed."""
    began, wrong = time.perf_counter(), []
    texts = [quote(query(Dice(seed, number)), safe=AS_TYPED, errors="surrogatepass") for number in range(count)]
    with own_folder(), serving() as server:
        first = asgi.run(_in_use(server.address))
        ways, slowest = asgi.run(_drawn(server.address, texts, wrong))
        if "Traceback" in server.log():
            wrong.append(f"the log has a traceback: {server.log()[-600:]}")
    told = [f"{number:,} {way}" for way, number in ways.most_common()]
    note = ", ".join([*told, f"slowest {slowest:.2f} s", f"first screen of a view {first:.2f} s"])
    what = "links opened as screens of a real server"
    return Outcome(what, count, len(wrong), time.perf_counter() - began, note, tuple(wrong[:SHOWN]))


async def _in_use(address):
    """Look at each view once, as somebody has on any server; returns the seconds of the slowest."""
    async with viewing(address) as viewer:
        return max([(await viewer.run(view=view)).seconds for view in links.VIEWS])


async def _drawn(address, texts, wrong):
    ways, slowest = Counter(), 0.0
    for text in texts:
        selection, told = links.from_pairs(page_parameters(text))  # what the page is given
        try:
            async with asyncio.timeout(60), viewing(address) as viewer:
                shown = await viewer.run(query=text)
        except (RuntimeError, TimeoutError, ConnectionClosed) as error:
            wrong.append(f"{text[:200]!r}: {error!r}"[:600])
            continue
        ways["with a message" if told else "followed"] += 1
        slowest = max(slowest, shown.seconds)
        said = " ".join(shown.alerts)
        found = [f"it does not say: {one}" for one in told if markup.plain(one) not in said]
        found += [f"it says {one!r}" for one in ("Something broke", "Traceback") if one in said]
        if len(texts) >= SCREENS and shown.seconds > SOON:  # as outcome.run, which times long runs alone
            found.append(f"it took {shown.seconds:.1f} s")
        if not (shown.words or shown.first_chart):
            found.append("it is empty")
        wrong += [f"{text[:200]!r}, {selection.view}: {one}" for one in found]
    return ways, slowest
