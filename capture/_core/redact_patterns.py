"""What secrets look like: the names they stand under, and the shapes of today's tokens.

Every pattern has an *anchor*, one character that each of its matches holds. Its bytes are searched for first, with a
regular expression that begins with that character, so that a line without a secret costs one pass of a tight loop for
each anchor and no more: 25 expressions that begin with a class of characters cost 24 times a `write`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["PATTERNS", "Pattern", "is_secret", "may_be_secret"]


class Pattern(NamedTuple):
    """One kind of secret in a text."""

    kind: str
    """What stands in its place, and what it is counted as."""
    anchor: str
    hint: str
    """What stands, also in JSON, wherever `whole` matches."""
    whole: str
    """The secret; what is to stay before it is the group `keep`."""


_TOKEN = r"[A-Za-z0-9_-]"


def _token(kind: str, heads: str, tail: str) -> Pattern:
    """Return the pattern of a token that begins with one of `heads` and goes on with `tail`.

    A token begins where a word does, or behind an escape: of JSON, of a URL, of a terminal's colour. The first letters
    of the heads stand before all that, for a search that begins with a literal is many times as fast.
    """
    words = heads.split()
    first = _common(words)
    begins = rf"(?:(?<!{_TOKEN}{first})|(?<=\\[nrtbf]{first})|(?<=%[0-9A-F][0-9A-F]{first})|(?<=[0-9]m{first}))"
    rests = "|".join(re.escape(word[len(first) :]) for word in words)
    anchor = re.escape(words[0][-1])
    hint = "|".join(f"(?<={re.escape(word)})" for word in words)
    return Pattern(
        kind,
        words[0][-1],
        rf"{anchor}(?:{hint}){_TOKEN}{{8}}",
        f"{re.escape(first)}{begins}(?:{rests}){tail}",
    )


def _common(words: list[str]) -> str:
    """Return what all words begin with."""
    first = words[0]
    while not all(word.startswith(first) for word in words):
        first = first[:-1]
    return first


_RANDOM = r"(?=(?:[A-Za-z0-9]{0,11}[_-]){0,6}[A-Za-z0-9]{12})(?=[A-Za-z_-]{0,60}[0-9])"
"""A stretch of twelve letters and digits, and a digit: what kebab-case words have not. Bounded, so it stays linear."""

_TOKENS = (
    _token("anthropic_key", "sk-ant-", rf"{_TOKEN}{{16,}}"),
    _token("openai_key", "sk-", rf"{_RANDOM}{_TOKEN}{{20,}}"),
    _token(
        "gitlab_token",
        "glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glagent- glimt- glffct- gloas- glwt-",
        r"[A-Za-z0-9_.-]{20,}",
    ),
    _token("slack_token", "xoxa- xoxb- xoxc- xoxd- xoxe- xoxo- xoxp- xoxr- xoxs- xapp-", r"[A-Za-z0-9%-]{16,}"),
    _token("pypi_token", "pypi-", rf"AgE{_TOKEN}{{32,}}"),
    _token("google_secret", "GOCSPX-", rf"{_TOKEN}{{20,}}"),
    _token("xai_key", "xai-", r"[A-Za-z0-9]{40,}"),
    _token("perplexity_key", "pplx-", r"[A-Za-z0-9]{32,}"),
    _token("tavily_key", "tvly-", rf"{_RANDOM}{_TOKEN}{{20,}}"),
    _token("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{36,}"),
    _token("github_token", "github_pat_", r"[A-Za-z0-9_]{36,}"),
    _token("stripe_key", "sk_live_ sk_test_ rk_live_ rk_test_", r"[A-Za-z0-9]{16,}"),
    _token("stripe_secret", "whsec_", r"[A-Za-z0-9+/]{24,}={0,2}"),
    _token("huggingface_token", "hf_", r"[A-Za-z0-9]{30,}"),
    _token("npm_token", "npm_", r"[A-Za-z0-9]{36,}"),
    _token("groq_key", "gsk_", r"[A-Za-z0-9]{40,}"),
    _token("replicate_token", "r8_", r"[A-Za-z0-9]{37,}"),
    _token("langsmith_key", "lsv2_pt_ lsv2_sk_", r"[0-9a-f]{32}_[0-9a-f]{10}"),
    _token("docker_token", "dckr_pat_", rf"{_TOKEN}{{27}}"),
    _token("digitalocean_token", "dop_v1_ doo_v1_ dor_v1_", r"[0-9a-f]{64}"),
    _token("linear_key", "lin_api_", r"[A-Za-z0-9]{40}"),
    _token("notion_token", "ntn_", r"[A-Za-z0-9]{40,}"),
    _token("shopify_token", "shpat_ shpca_ shppa_ shpss_", r"[0-9a-fA-F]{32}"),
    _token("grafana_token", "glsa_", r"[A-Za-z0-9]{32}_[0-9a-f]{8}"),
    _token("google_token", "ya29.", rf"{_TOKEN}{{20,}}"),
    _token("sendgrid_key", "SG.", rf"{_TOKEN}{{22}}\.{_TOKEN}{{43}}"),
    _token("vault_token", "hvs.", rf"{_TOKEN}{{24,}}"),
)

_EDGE = r"(?![A-Za-z0-9])"
_PEM = r"[A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?"

_SHAPES = (
    Pattern(
        "jwt",
        ".",
        rf"\.eyJ{_TOKEN}{{6}}",
        rf"eyJ(?:(?<!{_TOKEN}eyJ)|(?<=\\[nrt]eyJ)){_TOKEN}{{8,}}\.eyJ{_TOKEN}{{6,}}(?:\.{_TOKEN}*){{0,3}}",
    ),
    Pattern(
        "private_key",
        "-",
        r"\-BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY",
        rf"-----BEGIN {_PEM}-----[^-]{{0,20000}}(?:-----END {_PEM}-----)?",
    ),
    Pattern(
        "aws_key_id",
        "A",
        r"A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}",
        rf"A(?:(?<![A-Za-z0-9]A)|(?<=\\[nrt]A))(?:KIA|SIA|BIA|CCA)[A-Z2-7]{{16}}{_EDGE}",
    ),
    Pattern(
        "google_key",
        "A",
        rf"AIza{_TOKEN}{{35}}",
        rf"AIza(?:(?<!{_TOKEN}AIza)|(?<=\\[nrt]AIza)){_TOKEN}{{35}}(?!{_TOKEN})",
    ),
    Pattern(
        "http_auth",
        "B",
        r"B(?:earer|asic) {1,4}[A-Za-z0-9+/=_.~-]{8}",
        r"(?P<keep>B(?:earer|asic) {1,4})(?=[A-Za-z+/=_.~-]{0,60}[0-9=])[A-Za-z0-9+/=_.~-]{12,}",
    ),
    Pattern(
        "url_password",
        "@",
        r"://[^\s/:@\"'<>?#\\]{0,100}:[^\s/@\"'<>\\]{1,200}@",
        r"(?P<keep>://[^\s/:@\"'<>?#\\]{0,100}:)(?![{<$%]|\*+@)[^\s/@\"'<>\\]{1,200}(?=@[^\s@])",
    ),
    Pattern(
        "slack_webhook",
        ".",
        r"\.slack\.com/services/T",
        r"(?P<keep>\.slack\.com/services/)T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,}",
    ),
)

# -- what a name before it gives away ------------------------------------------------------------------------------

_NAMED = "word swd pwd cret oken i_key i-key ikey iKey s_key s-key sKey t_key t-key tKey e_key e-key eKey rization"
"""How the names end behind which a text gives a secret: password, secret, token, api_key, access_key, secret_key,
private_key, authorization.
"""
_QUERY = "?key &key &sig ?sig ture code"
_VALUE = r"[^\s\"'\\,;<>(){}\[\]&|$]"


def _after(words: list[str], closing: str) -> str:
    """Return an expression for a place behind one of `words` and `closing`, the last letters looked at first."""
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[-1], []).append(word)
    return "|".join(
        f"(?<={last}{closing})(?:{'|'.join(f'(?<={re.escape(word)}{closing})' for word in group)})"
        for last, group in groups.items()
    )


def _named(kind: str, sign: str, words: str, closings: list[str], json_closings: list[str], value: str) -> Pattern:
    """Return the pattern of a value behind a name and a sign. Only the value goes; the name stands."""
    both = [*words.split(), *words.upper().split()]
    hint, whole = (
        "|".join(_after(both, closing + sign) for closing in closings) for closings in (json_closings, closings)
    )
    opening = r" {0,2}(?:[Bb]earer |[Bb]asic |[Tt]oken )?\\{0,3}[\"']?"
    return Pattern(kind, sign, rf"{sign}(?:{hint}){opening}{value}", rf"(?P<keep>{sign}(?:{whole}){opening}){value}")


_CREDENTIAL = rf"(?=[A-Za-z_.+/=~!@#^*%-]{{0,60}}[0-9]){_VALUE}{{6,}}"

_NAMES = (
    _named("named_secret", "=", _NAMED, ["", " "], ["", " "], _CREDENTIAL),
    _named("named_secret", ":", _NAMED, ["", '"', "'", r'\\"'], ["", "'", r'\\"', r'\\\\\\"'], _CREDENTIAL),
    _named("query_secret", "=", _QUERY, [""], [""], rf"(?=[A-Za-z_.+/~%-]{{0,60}}[0-9]){_VALUE}{{8,}}"),
)

PATTERNS: tuple[Pattern, ...] = (*_TOKENS, *_SHAPES, *_NAMES)

# -- names of keys and headers -------------------------------------------------------------------------------------

_ALWAYS = re.compile(
    r"(?:password|passwd|passphrase|pwd|secret|secretkey|apikey|accesskey|accesskeyid|privatekey|signingkey|masterkey"
    r"|encryptionkey|accountkey|subscriptionkey|functionskey|authorization|credentials?|xgoogapikey)$"
)
_LONG = re.compile(r"(?:token|auth|cookie|sessionkey|csrf)$")
_HARMLESS = re.compile(r"(?:page|next|sync|continuation|pad|eos|bos|cls|sep|unk|mask|stop|first)token$")
_SEPARATORS = str.maketrans("", "", "-_. ")
_SHORTEST = 16


def is_secret(name: str, value: str) -> bool:
    """Whether a text that stands under this key or in this header is a secret. Of a `password` any is; of a `token`,
    which may be a word that a model was not sure of, only a long one, and of a cookie one with a value.
    """
    plain = _plain(name)
    if _ALWAYS.search(plain):
        return value != ""
    if not _LONG.search(plain) or _HARMLESS.search(plain):
        return False
    return "=" in value if plain.endswith("cookie") else len(value) >= _SHORTEST and " " not in value.strip()


def may_be_secret(name: str) -> bool:
    """Whether there are texts which are secrets under this name."""
    plain = _plain(name)
    return bool(_ALWAYS.search(plain) or (_LONG.search(plain) and not _HARMLESS.search(plain)))


def _plain(name: str) -> str:
    return name[:200].translate(_SEPARATORS).lower()
