"""English plurals and verb forms, by rule."""

from __future__ import annotations

import re
from typing import Final

from sentiment import formatting

_IRREGULAR_PLURALS: Final = {"loss": "losses", "staff": "staff", "equity": "equities", "crypto": "cryptos"}


def plural(phrase: str) -> str:
    """Return a noun phrase with its last word in the plural."""
    head, _, noun = phrase.rpartition(" ")
    if noun in _IRREGULAR_PLURALS:
        form = _IRREGULAR_PLURALS[noun]
    elif re.search(r"[^su]s$", noun):
        form = noun
    else:
        form = formatting.plural(noun)
    return f"{head} {form}".strip()


def verb_forms(verb: str) -> list[str]:
    """Return the forms of a verb phrase: those written out with slashes, or else the regular ones of its first word."""
    if " " in verb and "/" in verb:
        return [form.strip() for form in verb.split("/")]
    if "/" in verb:
        return verb.split("/")
    first, _, rest = verb.partition(" ")
    return [f"{form} {rest}".strip() for form in _regular_forms(first)]


def _regular_forms(verb: str) -> list[str]:
    if verb.endswith("e"):
        return [verb, verb + "s", verb + "d", verb[:-1] + "ing"]
    if re.search(r"[^aeiou]y$", verb):
        return [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    third_person = verb + ("es" if re.search(r"(s|x|ch|sh)$", verb) else "s")
    doubled = verb[-1] if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb) else ""
    forms = [verb, third_person, verb + doubled + "ed", verb + doubled + "ing"]
    if verb.endswith("el"):
        forms += [verb + "led", verb + "ling"]
    return forms
