"""Saved web pages as people have them, each with the text, title, author, publisher and day that belong to its note."""

from dataclasses import dataclass
from datetime import UTC, datetime

CALL = (
    "Bitcoin closed the week at $91,400 after five days of outflows from the spot funds, and the mood is as bleak as it "
    "was in March. We still expect Bitcoin to rise by the end of January."
)
REASON = (
    "Leverage has been flushed out: open interest fell by a third since October, funding is negative on every large "
    "venue, and long-term holders have stopped selling. None of this was true at the top."
)
RISK = (
    "The risk is the dollar. If the Federal Reserve does not cut in December, the funds will see another round of "
    "redemptions, and support at $84,000 would be tested again before the turn comes."
)
BODY = (CALL, REASON, RISK)

RELATED = "Why we think that Ether is going to fall below $2,000 before Christmas"
COMMENT = "You are dreaming, this goes straight to $60,000 and nobody will be left to buy it."
COOKIES = "We and our 812 partners use cookies to measure how you read us. Accept all or manage your choices."
MENU = "Markets Opinion Podcasts Data Events Sign in"
SIGN_UP = "Get our five o'clock letter in your inbox every day. Unsubscribe whenever you like."
SHARE = "Share this on Facebook X LinkedIn WhatsApp"
IMPRINT = "© 2019–2026 Harbour Media Ltd. All rights reserved. Terms of use."
FOREIGN = (RELATED, COMMENT, COOKIES, MENU, SIGN_UP, SHARE, IMPRINT)

HOUSE = '<meta property="og:site_name" content="Harbour"><meta property="og:title" content="Fear without leverage">'


@dataclass(frozen=True)
class SavedPage:
    """One page: its bytes, the blocks of its note in order, and what it says about itself."""

    name: str
    content: bytes
    text: tuple[str, ...] = BODY
    title: str | None = "Fear without leverage"
    author: str | None = None
    publisher: str | None = None
    published: datetime | None = None
    precision: str | None = None


def paragraphs(*texts):
    return "".join(f"<p>{text}</p>\n" for text in texts)


def page(head, body, encoding="utf-8"):
    return f"<!DOCTYPE html>\n<html lang='en'><head>{head}</head>\n<body>{body}</body></html>".encode(encoding)


def day(*numbers):
    return datetime(*numbers, 23, 59, 59, tzinfo=UTC)


_LINKED = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "WebSite",
"name": "Harbour"}, {"@type": "NewsArticle", "headline": "Fear without leverage", "author": [{"@type": "Person",
"name": "Ada Rowe"}, {"@type": "Person", "name": "Ben Ito"}], "publisher": {"@type": "Organization", "name": "Harbour"},
"datePublished": "2025-12-02T07:19:58Z", "dateModified": "2025-12-05T10:00:00Z"}]}</script>"""

NEWS = SavedPage(
    "a news site: menu, share bar, related stories, comments, cookie banner, JSON-LD",
    page(
        f"<title>Fear without leverage - Harbour</title>{_LINKED}",
        f"""<div id="onetrust-consent-sdk" class="cookie-consent" role="alertdialog"><p>{COOKIES}</p><button>Accept</button></div>
        <header class="site-header"><nav class="main-nav"><ul><li><a href="/m">{MENU}</a></li></ul></nav></header>
        <main id="content"><article class="post"><h1>Fear without leverage</h1>
        <div class="byline">By <a rel="author" href="/ada">Ada Rowe</a></div>
        <div class="share-buttons">{SHARE}</div>
        <div class="article-body">{paragraphs(CALL, REASON)}<div class="newsletter-signup"><p>{SIGN_UP}</p></div>
        {paragraphs(RISK)}</div></article>
        <section class="related-stories"><h3>Related</h3><ul><li><a href="/e">{RELATED}</a></li></ul></section>
        <div id="comments"><h3>1 comment</h3><div class="comment"><p>{COMMENT}</p></div></div></main>
        <footer>{IMPRINT}</footer>""",
    ),
    text=("Fear without leverage", *BODY),
    author="Ada Rowe, Ben Ito",
    publisher="Harbour",
    published=datetime(2025, 12, 2, 7, 19, 58, tzinfo=UTC),
    precision="minute",
)

BARE_DIVS = SavedPage(
    "a page without main or article: banner, story, related story and comment in plain divs",
    page(
        f'{HOUSE}<meta name="author" content="Ada Rowe"><meta name="date" content="2025-12-02">',
        f"""<div class="cookie-banner">{COOKIES}</div><div class="top"><h1>Fear without leverage</h1></div>
        <div class="story">{paragraphs(*BODY)}</div>
        <div class="related"><h3>Related</h3><p>{RELATED}</p></div>
        <div class="comments"><div class="comment"><p>{COMMENT}</p></div></div>""",
    ),
    text=("Fear without leverage", *BODY),
    author="Ada Rowe",
    publisher="Harbour",
    published=day(2025, 12, 2),
    precision="day",
)

SEVERAL_ARTICLES = SavedPage(
    "a story followed by teasers that are articles too",
    page(
        HOUSE,
        f"""<div id="page"><article class="entry"><h1>Fear without leverage</h1><div class="entry-content">
        {paragraphs(*BODY)}</div></article>
        <div class="more-stories"><article class="teaser"><h2><a href="/e">{RELATED}</a></h2></article>
        <article class="teaser"><h2><a href="/d">{RELATED} again</a></h2></article></div></div>""",
    ),
    text=("Fear without leverage", *BODY),
    publisher="Harbour",
)

NOTHING_SAID = SavedPage(
    "paragraphs and nothing else",
    page("", paragraphs(*BODY)),
    title=None,
)

SHORT = SavedPage(
    "two sentences in a paragraph",
    page("<title>Flash</title>", "<p>Bitcoin will rise by the end of January. Support is at $84,000.</p>"),
    text=("Bitcoin will rise by the end of January. Support is at $84,000.",),
    title="Flash",
)

LETTER = SavedPage(
    "an e-mail letter laid out in tables",
    page(
        "<title>Fear without leverage</title><meta name='generator' content='Mailer'>",
        f"""<div style="display:none;max-height:0">Leverage is gone, says our letter of today</div>
        <table width="100%"><tr><td align="center"><table width="600"><tr><td><h1>Fear without leverage</h1></td></tr>
        <tr><td>{paragraphs(CALL, REASON)}</td></tr><tr><td><table><tr><td><p>{RISK}</p></td></tr></table></td></tr>
        </table></td></tr></table>""",
    ),
    text=("Fear without leverage", *BODY),
)

LEVELS = SavedPage(
    "a research note with a table of levels, a list and a quotation",
    page(
        f'{HOUSE}<meta property="article:published_time" content="2025-12-02T16:33:00+01:00">',
        f"""<article><h1>Fear without leverage</h1>{paragraphs(CALL)}<h2>Levels</h2>
        <table><tr><th>Asset</th><th>Support</th><th>Resistance</th></tr>
        <tr><td>Bitcoin</td><td>$84,000</td><td>$98,000</td></tr><tr><td>Ether</td><td>$2,700</td><td>$3,300</td></tr></table>
        <h2>What we watch</h2><ul><li>Flows into the spot funds</li><li>The dollar and the Federal Reserve</li></ul>
        <ol><li>Buy below $84,000</li><li>Sell above $98,000</li></ol>
        <blockquote><p>{REASON}</p></blockquote>{paragraphs(RISK)}</article>""",
    ),
    text=(
        "Fear without leverage", CALL, "Levels", "Asset", "Support", "Resistance", "Bitcoin", "$84,000", "$98,000", "Ether",
        "$2,700", "$3,300", "What we watch", "Flows into the spot funds", "The dollar and the Federal Reserve",
        "Buy below $84,000", "Sell above $98,000", REASON, RISK,
    ),
    publisher="Harbour",
    published=datetime(2025, 12, 2, 15, 33, tzinfo=UTC),
    precision="minute",
)  # fmt: skip

BULLETS = SavedPage(
    "a desk's morning note: short bullets only",
    page(
        "<title>Morning note</title>",
        """<h1>Morning note</h1><ul><li>BTC: support at $84,000</li><li>ETH: resistance at $3,300</li>
        <li>Gold will rise by Friday</li></ul><p>More at noon.</p>""",
    ),
    text=(
        "Morning note",
        "BTC: support at $84,000",
        "ETH: resistance at $3,300",
        "Gold will rise by Friday",
        "More at noon.",
    ),
    title="Morning note",
)

BREAKS = SavedPage(
    "an old page: text in one div, broken by br",
    page(
        "<title>Fear without leverage</title>",
        f"<table><tr><td width=150>{MENU}</td><td><b>Fear without leverage</b><br><br>{CALL}<br><br>{REASON}<br><br>{RISK}</td></tr></table>",
    ),
    text=(MENU, "Fear without leverage", *BODY),  # nothing tells its menu apart
)

PLAIN = SavedPage(
    "a text in pre",
    page("<title>Fear without leverage</title>", f"<pre>{CALL}\n\n{REASON}\n\n{RISK}\n</pre>"),
)

HIDDEN = SavedPage(
    "text that no reader sees",
    page(
        HOUSE,
        f"""<article><h1>Fear without leverage</h1>{paragraphs(CALL)}
        <p style="display:none">{COMMENT}</p><p hidden>{RELATED}</p><div aria-hidden="true"><p>{SIGN_UP}</p></div>
        <p style="visibility: hidden">{SHARE}</p><template><p>{COOKIES}</p></template>
        {paragraphs(REASON, RISK)}</article>""",
    ),
    text=("Fear without leverage", *BODY),
    publisher="Harbour",
)

REFRESH = SavedPage(
    "a page that sends its reader elsewhere and asks for scripts",
    page(
        f'<meta http-equiv="refresh" content="5; url=https://elsewhere.example/">{HOUSE}',
        f"<noscript>Please turn on JavaScript.</noscript><main><h1>Fear without leverage</h1>{paragraphs(*BODY)}</main>",
    ),
    text=("Fear without leverage", *BODY),
    publisher="Harbour",
)

BLOG = SavedPage(
    "a blog: sidebar, tags, author box, comment form, zoneless time",
    page(
        """<title>Fear without leverage &#8211; Rowe on risk</title><meta property="og:site_name" content="Rowe on risk">
        <meta property="og:title" content="Fear without leverage">
        <meta property="article:published_time" content="2025-12-02T12:55:00">
        <meta name="parsely-author" content="Ada Rowe">""",
        f"""<div id="wrapper"><div id="main"><div class="post hentry"><h1 class="entry-title">Fear without leverage</h1>
        <div class="entry-content">{paragraphs(*BODY)}<div class="sharedaddy">{SHARE}</div></div>
        <div class="tags-links">Tags: <a href="/t">bitcoin</a>, <a href="/u">fear</a></div></div>
        <ol class="comment-list"><li class="comment"><p>{COMMENT}</p><a href="#r">Reply</a></li></ol>
        <form id="commentform"><textarea>Leave a reply</textarea></form></div>
        <div id="sidebar" class="widget-area"><h3>Recent posts</h3><ul><li><a href="/e">{RELATED}</a></li></ul></div></div>
        <div id="footer">{IMPRINT}</div>""",
    ),
    text=("Fear without leverage", *BODY),
    author="Ada Rowe",
    publisher="Rowe on risk",
    published=day(2025, 12, 2),
    precision="day",
)

CDATA = SavedPage(
    "JSON-LD wrapped in CDATA, with a byline in itemprop",
    page(
        """<title>Fear without leverage</title><script type="application/ld+json">//<![CDATA[
        {"@type": "Article", "datePublished": "2025-12-02", "publisher": {"name": "Harbour"}}
        //]]></script>""",
        f'<article><span itemprop="author">Ada Rowe</span>{paragraphs(*BODY)}</article>',
    ),
    text=("Ada Rowe", *BODY),
    author="Ada Rowe",
    publisher="Harbour",
    published=day(2025, 12, 2),
    precision="day",
)

NO_DAY = SavedPage(
    "days everywhere but none of publication",
    page(
        '<title>Fear without leverage</title><link rel="canonical" href="https://harbour.example/2024/03/11/fear">'
        '<meta property="article:modified_time" content="2025-12-02T07:00:00Z">',
        f"""<article><h1>Fear without leverage</h1>{paragraphs(*BODY)}<p>Next event: <time datetime="2026-01-14T10:00Z">14
        January 2026</time>.</p></article><footer>{IMPRINT}</footer>""",
    ),
    text=("Fear without leverage", *BODY, "Next event: 14 January 2026."),
)

_GERMAN = (
    "Der Bitcoin schloss die Woche bei 91.400 $. Wir erwarten für Ende Januar höhere Kurse: Die Verkäufe lassen nach.",
    "Für größere Rückschläge fehlt der Hebel, und „Süßes“ gibt es an keiner Börse mehr umsonst, auch nicht im März.",
)
LATIN = SavedPage(
    "German in windows-1252",
    page(
        '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><title>Für Mutige</title>'
        '<meta name="author" content="Jörg Müller">',
        f"<div id='cookie-hinweis'>Wir verwenden Cookies.</div><article>{paragraphs(*_GERMAN)}</article>",
        "cp1252",
    ),
    text=_GERMAN,
    title="Für Mutige",
    author="Jörg Müller",
)

_CHINESE = (
    "比特币本周收于九万一千美元。市场情绪低迷。但我们仍预计一月底前上涨。",
    "未平仓合约自十月以来下降三分之一。杠杆已经出清。长期持有者停止抛售。",
)
CHINESE = SavedPage(
    "Chinese declared as gb2312, with a character of its superset",
    page(
        '<meta charset="gb2312"><title>没有杠杆的恐惧</title>',
        f"<article>{paragraphs(*_CHINESE)}<p>镕</p></article>",
        "gbk",
    ),
    text=(*_CHINESE, "镕"),
    title="没有杠杆的恐惧",
)

WIKI = SavedPage(
    "an encyclopaedia: contents, infobox, footnote marks, notes",
    page(
        "<title>Fear without leverage - Pedia</title>",
        f"""<div id="content" class="mw-body"><h1 id="firstHeading">Fear without leverage</h1><div id="toc" class="toc"
        role="navigation"><h2>Contents</h2><ul><li><a href="#a">1 Causes</a></li></ul></div>
        <div class="mw-parser-output">{paragraphs(CALL)}<h2>Causes</h2>{paragraphs(REASON, RISK)}</div></div>
        <div id="mw-navigation"><h2>Navigation menu</h2><ul><li>{MENU}</li></ul></div><div id="footer">{IMPRINT}</div>""",
    ),
    text=("Fear without leverage", CALL, "Causes", REASON, RISK),
)

LIVE = SavedPage(
    "a live page: short entries with times, most-read list",
    page(
        HOUSE,
        """<main><h1>Fear without leverage</h1><div class="live-entry"><h2>09:30 Funds</h2><p>Outflows of $310m on Monday.</p></div>
        <div class="live-entry"><h2>11:00 Levels</h2><p>Support at $84,000 held twice this morning.</p></div>
        <div class="live-entry"><h2>14:15 Call</h2><p>We expect Bitcoin to rise by the end of January.</p></div></main>
        <div class="most-read"><h3>Most read</h3><ol><li><a href="/e">"""
        + RELATED
        + """</a></li></ol></div>""",
    ),
    text=(
        "Fear without leverage", "09:30 Funds", "Outflows of $310m on Monday.", "11:00 Levels",
        "Support at $84,000 held twice this morning.", "14:15 Call", "We expect Bitcoin to rise by the end of January.",
    ),
    publisher="Harbour",
)  # fmt: skip

BROKER = SavedPage(
    "a broker's page built of divs and spans: every class a hash, paragraphs in divs, disclaimer as a paragraph",
    page(
        f"{HOUSE}<meta name='author' content='https://harbour.example/ada'>",
        f"""<div class="css-1x"><div class="css-2y"><h1 class="css-3z">Fear without leverage</h1>
        <div class="css-9q"><span>{CALL}</span></div><div class="css-9q"><span>{REASON}</span></div>
        <div class="css-9q"><span>{RISK}</span></div></div></div>""",
    ),
    text=("Fear without leverage", *BODY),
    publisher="Harbour",
)

LONG = SavedPage(
    "a page of nearly a megabyte, most of it a picture",
    page(
        HOUSE,
        f"""<article><h1>Fear without leverage</h1><img alt="" src="data:image/png;base64,{"iVBORw0KGgo" * 85_000}">
        {paragraphs(*BODY)}</article>""",
    ),
    text=("Fear without leverage", *BODY),
    publisher="Harbour",
)

WORDY = SavedPage(
    "a page whose good words look like boilerplate: classes meta-analysis, social-sentiment, next-steps",
    page(
        HOUSE,
        f"""<article><h1>Fear without leverage</h1>{paragraphs(CALL)}<div class="meta-analysis">{paragraphs(REASON)}</div>
        <div class="next-steps">{paragraphs(RISK)}</div></article>""",
    ),
    text=("Fear without leverage", *BODY),
    publisher="Harbour",
)

STANDFIRST = SavedPage(
    "a standfirst outside the body, a call in a teaser box, an answer that unfolds",
    page(
        HOUSE,
        f"""<div class="page"><h1>Fear without leverage</h1><div class="dek">Bitcoin is set to fall to $70,000 by March.</div>
        <div class="share-bar"><a href="/s">{SHARE}</a></div><div class="article-body">{paragraphs(*BODY)}
        <details><summary>And Ether?</summary><p>Ether will fall below $2,000 by March.</p></details></div></div>""",
    ),
    text=(
        "Fear without leverage", "Bitcoin is set to fall to $70,000 by March.", *BODY, "And Ether?",
        "Ether will fall below $2,000 by March.",
    ),
    publisher="Harbour",
)  # fmt: skip

FLASH = SavedPage(
    "two sentences under ten long comments",
    page(
        "<title>Flash</title>",
        "<div class='post'><h1>Flash</h1><p>Bitcoin will rise by the end of January. Support is at $84,000.</p></div>"
        f"<div id='comments'>{f'<div class=comment><a href=/u>Reader</a><p>{COMMENT} {COMMENT}</p></div>' * 10}</div>",
    ),
    text=("Flash", "Bitcoin will rise by the end of January. Support is at $84,000."),
    title="Flash",
)

FORM = SavedPage(
    "a page inside one form, as ASP.NET writes it, in divs of a page builder",
    page(
        "<title>Harbour | Fear without leverage</title>",
        f"""<form id="aspnetForm"><div class="widget"><div class="widget-container"><h1>Fear without leverage</h1>
        {paragraphs(*BODY)}<input value="{COMMENT}"></div></div></form>""",
    ),
    text=("Fear without leverage", *BODY),
)

PAGES = (
    NEWS, BARE_DIVS, SEVERAL_ARTICLES, NOTHING_SAID, SHORT, LETTER, LEVELS, BULLETS, BREAKS, PLAIN, HIDDEN, REFRESH, BLOG,
    CDATA, NO_DAY, LATIN, CHINESE, WIKI, LIVE, BROKER, LONG, WORDY, STANDFIRST, FLASH, FORM,
)  # fmt: skip
