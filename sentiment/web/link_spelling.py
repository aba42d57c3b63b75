"""Links as chat, mail and spreadsheets hand them on: names and values in our spelling, without what others attached.

A link is sent on with names that count its readers, with the punctuation of the sentence around it, encoded twice, or with
``&amp;`` for ``&``. What it means is still plain; all of that is undone here, and nothing is guessed: a misspelt name or
value stays as it was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    Pair = tuple[str, str]

EMBED = frozenset({"embed", "embed_options"})
"""Streamlit's own parameters."""
TRACKING = frozenset(
    [
        "aff_id",
        "campaign_id",
        "ck_subscriber_id",
        "cmpid",
        "cvid",
        "dclid",
        "dm_i",
        "elqtrack",
        "elqtrackid",
        "epik",
        "fb_action_ids",
        "fb_action_types",
        "fb_ref",
        "fb_source",
        "fbclid",
        "gad_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "guccounter",
        "hsctatracking",
        "igsh",
        "igshid",
        "irclickid",
        "isfreemail",
        "li_fat_id",
        "lipi",
        "mkt_tok",
        "ml_subscriber",
        "ml_subscriber_hash",
        "msclkid",
        "ncid",
        "ocid",
        "oly_anon_id",
        "oly_enc_id",
        "post_id",
        "publication_id",
        "rb_clickid",
        "rdt_cid",
        "ref",
        "ref_src",
        "ref_url",
        "referer",
        "referrer",
        "s_cid",
        "s_kwcid",
        "sc_cid",
        "sfmc_id",
        "share_id",
        "si",
        "smid",
        "spm",
        "srsltid",
        "sref",
        "sscid",
        "trk",
        "trkcampaign",
        "trkinfo",
        "triedredirect",
        "ttclid",
        "twclid",
        "vero_conv",
        "vero_id",
        "wbraid",
        "wickedid",
        "xtor",
        "yclid",
        "ymclid",
        "zanpid",
    ]
)
"""Names that newsletters, advertisers and networks attach to links to count their readers."""
TRACKING_PREFIXES = ("at_", "bsft_", "ga_", "guce_", "hsa_", "matomo_", "mc_", "mtm_", "pk_", "piwik_", "sfmc_", "utm_")
AROUND = " \t\r\n\u00a0).,;:!?>]}\"'/*\u2026\u00bb\u201d\u2019<([{\u00ab\u201c\u2018"
"""What stands around a link in a text and is taken along with it."""
_ENTITY = re.compile(r"^(?:amp;|#38;)+")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_TIMES_ENCODED = 3
_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_INSTANT = re.compile(r"(?P<at>.*\d) (?P<offset>\d{2}:?\d{2})")


def plain_pairs(pairs: Iterable[Pair], names: Collection[str], free_text: Collection[str]) -> list[Pair]:
    """Return the parameters that a link means.

    Parameters
    ----------
    pairs : iterable of pairs of str
        Names and values as they were sent, decoded once.
    names : collection of str
        The names that count here.
    free_text : collection of str
        Those of `names` whose values are words of the viewer's own, in which every character counts.

    Returns
    -------
    list
        Without the names of `TRACKING`, names that begin with ``_``, and unknown ones without a value: spreadsheets and
        proxies attach such to get past a cache.
    """
    spelled = {name_key(name): name for name in names}
    return [pair for name, value in pairs for pair in _plain(name, value, spelled, free_text, _TIMES_ENCODED)]


def _plain(name: str, value: str, spelled: dict[str, str], free_text: Collection[str], times: int) -> Iterator[Pair]:
    name = _ENTITY.sub("", name)
    if name in EMBED:
        yield name, value
        return
    known = spelled.get(name_key(name))
    if known is not None and known in free_text:
        yield known, value
        return
    parts = _encoded_together(name, value, spelled) if times else []
    if parts:
        for part in parts:
            yield from _plain(*part, spelled, free_text, times - 1)
    elif known is not None:
        yield known, value
    elif value.strip(AROUND) and not _counts_readers(name):
        yield name, value


def _encoded_together(name: str, value: str, spelled: dict[str, str]) -> list[Pair]:
    """Return the parameters that were encoded as one; none if it is one."""
    whole = f"{name}={value}" if value else name
    if "=" in name or any(
        name_key(_ENTITY.sub("", part.partition("=")[0])) in spelled for part in value.split("&")[1:]
    ):
        return parse_qsl(whole, keep_blank_values=True)
    if not value and "%" in name:
        return parse_qsl(unquote(name), keep_blank_values=True)
    return []


def _counts_readers(name: str) -> bool:
    lowered = name.lower()
    return name.startswith("_") or lowered in TRACKING or lowered.startswith(TRACKING_PREFIXES)


def name_key(name: str) -> str:
    """Return a name without what its spellings differ in: case, blanks, hyphens and underscores."""
    return re.sub(r"[-_ .+]", "", name.strip(AROUND)).casefold()


def bare(text: str) -> str:
    """Return a value without further encoding and without what stood around the link."""
    for _ in range(_TIMES_ENCODED):
        if not _ESCAPE.search(text):
            break
        text = unquote(text)
    return text.strip(AROUND)


def choice(text: str, choices: Collection[str]) -> str | None:
    """Return which of the choices a value means: itself, or the only one that differs in case, blanks or hyphens."""
    if text in choices:
        return text
    meant = bare(text)
    for key in (str, str.casefold, name_key):
        fitting = {option for option in choices if key(option) == key(meant)}
        if len(fitting) == 1:
            return fitting.pop()
    return None


def day(text: str) -> str:
    """Return a day as it is written here where its year comes first, else the text."""
    meant = bare(text)
    found = _DAY.fullmatch(meant)
    if found:
        return f"{found[1]}-{int(found[3]):02}-{int(found[4]):02}"
    return _DIGITS.sub(r"\1-\2-\3", meant) if _DIGITS.fullmatch(meant) else meant


def instant(text: str) -> str:
    """Return an instant with its letters in capitals, and with the plus of its offset, which a query reads as a blank."""
    return _INSTANT.sub(r"\g<at>+\g<offset>", bare(text).upper())
