"""Feeds as publishers write them: sound ones, and ones that mean harm."""

from __future__ import annotations

STORY = (
    "Bitcoin will rise to $120,000 by the end of December 2026. The desk writes so because leverage is low and selling by long-term "
    "holders has ended. A close below 80,000 would invalidate this view. Fear is greater than the fundamentals explain, and funding "
    "rates have been negative for three weeks in a row."
)


def item(  # noqa: PLR0913, PLR0917 - what an entry may say
    title="Leverage is low", text=STORY, guid="a", published="Wed, 25 Nov 2026 09:30:00 +0100", link="", author=""
):
    told = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    told += f"<pubDate>{published}</pubDate>" if published else ""
    told += f"<link>{link}</link>" if link else ""
    told += f"<author>{author}</author>" if author else ""
    return f"<item><title>{title}</title>{told}<description><![CDATA[<p>{text}</p>]]></description></item>"


def rss(*items, title="Harbour Research", head="", encoding="utf-8"):
    return (
        f"<?xml version='1.0' encoding='{encoding}'?>{head}"
        f"<rss version='2.0'><channel><title>{title}</title>{''.join(items)}</channel></rss>"
    )


ATOM = f"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Atom</title>
<author><name>Ada Rowe</name></author><entry><id>urn:1</id><title type="html">Low &lt;b&gt;leverage&lt;/b&gt;</title>
<published>2026-11-25T09:30:00+01:00</published><updated>2026-11-26T00:00:00Z</updated><link href="/one"/>
<summary>Short.</summary><content type="html">&lt;p&gt;{STORY}&lt;/p&gt;</content></entry></feed>"""

_LEVELS = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
_BARE = "<item><title>T</title><guid>a</guid><description>{}</description></item>"
LAUGHS = rss(_BARE.format("&e9;"), head=f"<!DOCTYPE r [<!ENTITY e0 'lol'>{_LEVELS}]>")
FILE = rss(_BARE.format("&file; x"), head="<!DOCTYPE r [<!ENTITY file SYSTEM 'file:///etc/passwd'>]>")


def outward(url):
    """Return a feed whose grammar, stylesheet and pictures lie at an address."""
    head = f"<?xml-stylesheet href='{url}'?><!DOCTYPE rss SYSTEM '{url}'>"
    return rss(_BARE.format(f"<![CDATA[<img src='{url}'><link rel=stylesheet href='{url}'>]]> text"), head=head)


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>click</a><iframe src='//e.example'></iframe> "
