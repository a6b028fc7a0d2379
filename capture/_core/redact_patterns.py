"""What secrets look like: the names they stand under, and the shapes of today's tokens.

Patterns are grouped by an *anchor*, one character that each of their matches holds. A line is searched for each anchor
with an expression that begins with it, so that a line without a secret costs one pass of a tight loop for each and no
more: 25 expressions that begin with a class of characters cost 24 times a `write`. What excludes most places comes
first, in an expression of its own (`gate`): classes of characters right behind the anchor, which cost next to nothing,
then one look back. Only of a line in which that finds something is asked what tells the patterns apart.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["GROUPS", "Group", "Pattern", "is_always_secret", "is_secret", "may_be_secret"]


class Pattern(NamedTuple):
    """One kind of secret in a text."""

    kind: str
    """What stands in its place, and what it is counted as."""
    hint: str
    """What is found behind the anchor, in the line of an event, wherever `whole` matches the text in it; empty where
    the group's hint says that at once.
    """
    whole: str
    """The secret; what is to stay before it is the group `keep`."""


class Group(NamedTuple):
    """Patterns with one anchor."""

    anchor: str
    gate: str
    """Is quick, and finds something wherever `hint` does."""
    hint: str
    """Finds, in the line of an event, where one of the patterns may match."""
    patterns: tuple[Pattern, ...]


def _group(anchor: str, gate: str, *patterns: Pattern) -> Group:
    """Return a group; `gate` is what holds behind the anchor of all its patterns."""
    hints = "|".join(pattern.hint for pattern in patterns)
    return Group(anchor, f"{anchor}{gate}", f"{anchor}(?:{hints})", patterns)


# -- tokens ----------------------------------------------------------------------------------------------------------

_TOKEN = r"[A-Za-z0-9_-]"
_AHEAD = 16
_BEGINNING = r"[A-Za-z0-9][A-Za-z0-9_%+/.-]{15}"
"""So many characters are taken behind the anchor, and then looked back across: that is quicker than to look ahead."""


class _Token(NamedTuple):
    """A token that begins with one of several words, whose last character is the anchor."""

    kind: str
    heads: str
    tail: str


def _tokens(*tokens: _Token) -> Group:
    heads = [head for token in tokens for head in token.heads.split()]
    anchor = heads[0][-1]
    ends = "|".join(sorted({head[-3:-1] for head in heads}))
    gate = f"{anchor}{_BEGINNING}(?<=(?:{ends}){anchor}.{{{_AHEAD}}})(?<={_behind(heads)}.{{{_AHEAD}}})"
    return Group(anchor, gate, gate, tuple(map(_pattern, tokens)))


def _behind(words: list[str]) -> str:
    """Return an expression for a place behind one of some words."""
    lengths = sorted({len(word) for word in words})
    some = (sorted({re.escape(word) for word in words if len(word) == length}) for length in lengths)
    return "(?:" + "|".join(f"(?<={'|'.join(one)})" for one in some) + ")"


def _pattern(token: _Token) -> Pattern:
    """Return the pattern of a token.

    It begins where a word does, or behind an escape: of JSON, of a URL, of a terminal's colour. The first letters of
    the heads stand before all that, for a search that begins with a literal is many times as fast.
    """
    heads = token.heads.split()
    first = _common(heads)
    escaped = rf"(?<=\\[nrtbf]{first})|(?<=%[0-9A-F][0-9A-F]{first})|(?<=[0-9]m{first})"
    begins = rf"(?:(?<!{_TOKEN}{first})|(?<=[nrtbfm0-9A-F]{first})(?:{escaped}))"
    rests = "|".join(re.escape(head[len(first) :]) for head in heads)
    hint = "|".join(re.escape(head[1:]) for head in heads)
    return Pattern(token.kind, hint, f"{re.escape(first)}{begins}(?:{rests}){token.tail}")


def _common(words: list[str]) -> str:
    """Return what all words begin with."""
    first = words[0]
    while not all(word.startswith(first) for word in words):
        first = first[:-1]
    return first


_RANDOM = r"(?=(?:[A-Za-z0-9]{0,11}+[_-]){0,6}[A-Za-z0-9]{12})(?=[A-Za-z_-]{0,60}+[0-9])"
"""A stretch of twelve letters and digits, and a digit: what kebab-case words have not. Bounded, so it stays linear."""

_DASH = _tokens(
    _Token("anthropic_key", "sk-ant-", rf"{_TOKEN}{{16,}}"),
    _Token("openai_key", "sk-", rf"{_RANDOM}{_TOKEN}{{20,}}"),
    _Token(
        "gitlab_token",
        "glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glagent- glimt- glffct- gloas- glwt-",
        r"[A-Za-z0-9_.-]{20,}",
    ),
    _Token("slack_token", "xoxa- xoxb- xoxc- xoxd- xoxe- xoxo- xoxp- xoxr- xoxs- xapp-", r"[A-Za-z0-9%-]{16,}"),
    _Token("pypi_token", "pypi-", rf"AgE{_TOKEN}{{32,}}"),
    _Token("google_oauth", "GOCSPX-", rf"{_TOKEN}{{20,}}"),
    _Token("xai_key", "xai-", r"[A-Za-z0-9]{40,}"),
    _Token("perplexity_key", "pplx-", r"[A-Za-z0-9]{32,}"),
    _Token("tavily_key", "tvly-", rf"{_RANDOM}{_TOKEN}{{20,}}"),
)
_UNDERSCORE = _tokens(
    _Token("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{36,}"),
    _Token("github_token", "github_pat_", r"[A-Za-z0-9_]{36,}"),
    _Token("stripe_key", "sk_live_ sk_test_ rk_live_ rk_test_", r"[A-Za-z0-9]{16,}"),
    _Token("stripe_signing", "whsec_", r"[A-Za-z0-9+/]{24,}={0,2}"),
    _Token("huggingface_token", "hf_", r"[A-Za-z0-9]{30,}"),
    _Token("npm_token", "npm_", r"[A-Za-z0-9]{36,}"),
    _Token("groq_key", "gsk_", r"[A-Za-z0-9]{40,}"),
    _Token("replicate_token", "r8_", r"[A-Za-z0-9]{37,}"),
    _Token("langsmith_key", "lsv2_pt_ lsv2_sk_", r"[0-9a-f]{32}_[0-9a-f]{10}"),
    _Token("docker_token", "dckr_pat_", rf"{_TOKEN}{{27}}"),
    _Token("digitalocean_token", "dop_v1_ doo_v1_ dor_v1_", r"[0-9a-f]{64}"),
    _Token("linear_key", "lin_api_", r"[A-Za-z0-9]{40}"),
    _Token("notion_token", "ntn_", r"[A-Za-z0-9]{40,}"),
    _Token("shopify_token", "shpat_ shpca_ shppa_ shpss_", r"[0-9a-fA-F]{32}"),
    _Token("grafana_token", "glsa_", r"[A-Za-z0-9]{32}_[0-9a-f]{8}"),
)

# -- other shapes ----------------------------------------------------------------------------------------------------

_PEM = r"[A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?"
_USER = r"://[^\s/:@\"'<>?#\\]{0,100}+:"

_J = _group(
    "J",
    rf"{_TOKEN}(?<=eyJ.)",
    Pattern(
        "jwt",
        rf"(?<=eyJ){_TOKEN}{{8}}",
        rf"eyJ(?:(?<!{_TOKEN}eyJ)|(?<=\\[nrt]eyJ)){_TOKEN}{{8,}}\.eyJ{_TOKEN}{{6,}}(?:\.{_TOKEN}*){{0,3}}",
    ),
)
_G = _group(
    "G",
    r"\.(?<=SG\.)",
    _pattern(_Token("sendgrid_key", "SG.", rf"{_TOKEN}{{22}}\.{_TOKEN}{{43}}"))._replace(
        hint=rf"(?<=SG)\.{_TOKEN}{{22}}\."
    ),
)
_9 = _group(
    "9",
    r"\.(?<=ya29\.)",
    _pattern(_Token("google_token", "ya29.", rf"{_TOKEN}{{20,}}"))._replace(hint=rf"(?<=ya29)\.{_TOKEN}"),
)
_A = _group(
    "A",
    r"[KSBCI][ISCz][Aa]",
    Pattern(
        "aws_key_id",
        r"(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}",
        r"A(?:(?<![A-Za-z0-9]A)|(?<=\\[nrt]A))(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9])",
    ),
    Pattern(
        "google_key",
        rf"Iza{_TOKEN}{{35}}",
        rf"AIza(?:(?<!{_TOKEN}AIza)|(?<=\\[nrt]AIza)){_TOKEN}{{35}}(?!{_TOKEN})",
    ),
)
_B = _group(
    "B",
    r"(?:earer |asic |EGIN |[A-Z0-9](?<=/B.))",
    Pattern(
        "http_auth",
        r"(?:earer|asic) {1,4}(?=[A-Za-z+/=_.~-]{0,60}+[0-9=])[A-Za-z0-9+/=_.~-]{12}",
        r"(?P<keep>B(?:earer|asic) {1,4})(?=[A-Za-z+/=_.~-]{0,60}+[0-9=])[A-Za-z0-9+/=_.~-]{12,}",
    ),
    Pattern(
        "slack_webhook",
        r"[A-Z0-9]{6,20}/[A-Za-z0-9]{20}",
        r"(?P<keep>\.slack\.com/services/)T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,}",
    ),
    Pattern("pem", rf"EGIN {_PEM}", rf"-----BEGIN {_PEM}-----[^-]{{0,20000}}(?:-----END {_PEM}-----)?"),
)
_AT_OF_LINE = r"://[^\s/:@\"'<>?#\\]{0,400}+:[^\s/@\"'<>\\]{1,800}@"
"""In a line that is searched, which is bytes: up to four for each character of a text."""
_AT = Group(
    "@",
    _AT_OF_LINE,
    _AT_OF_LINE,
    (Pattern("password_in_url", "", rf"(?P<keep>{_USER})(?![{{<$%]|\*+@)[^\s/@\"'<>\\]{{1,200}}(?=@[^\s@])"),),
)
"""A line with an `@` in it is searched for what begins so long before it."""

# -- what a name before it gives away ------------------------------------------------------------------------------

_PASSWORDS = "word swd pwd"
_NAMED = (
    "word swd pwd cret oken rization i_key i-key i-Key ikey iKey ess_key ess-key ess-Key essKey "
    "ret_key ret-key ret-Key retKey ate_key ate-key ate-Key ateKey ryption_key ryption-key ryption-Key ryptionKey "
    "ubscription_key ubscription-key ubscription-Key ubscriptionKey ccount_key ccount-key ccount-Key ccountKey"
)
"""How the names end behind which a text gives a secret: password, secret, token, authorization, api_key, access_key,
secret_key, private_key, encryption_key, subscription_key, account_key.
"""
_PAGES = ("page_token", "pageToken", "next_token", "nextToken", "sync_token", "syncToken", "ation_token", "ationToken")
"""How those end that end like one of these and are none."""
_QUERY = "?key &key &sig ?sig ignature ?code &code"

_OPENING = r" {0,2}\[?(?:[Bb]earer |[Bb]asic |[Tt]oken |)\\{0,15}[\"']?"
_VALUE = r"[^\s\"'\\,;<>(){}\[\]&|$]"
_CREDENTIAL = (
    rf"(?:(?<=[\"'])(?=[^\s\"'\\0-9]{{0,60}}+[0-9])[^\s\"'\\]{{6,}}"
    rf"|(?=[A-Za-z_.+/~!@#^*%-]{{0,60}}+[0-9]){_VALUE}{{6,}})"
)
"""A text without spaces, of which a digit is part: in quotes any such, else one that is no expression."""
_QUOTED = r"(?<=[\"'])[^\s\"'\\]{4,}"
_PARAMETER = rf"(?=[A-Za-z_.+/~%-]{{0,60}}+[0-9]){_VALUE}{{8,}}"
_COOKIES = r"[^\s\"'\\=;]{1,200}+=[^\r\n\"'\\]{4,}"
_BEGINS = {
    sign: rf"(?:(?<=[\"'])[^\s\"'\\]{{4}}|[^\s\"'\\=;0-9]{{0,200}}+{end})"
    for sign, end in (("=", "[0-9]"), (":", "[0-9=]"))
}
"""How what is given away behind each sign begins: a cookie has a `=`, the others a digit or quotes."""

_JSON_QUOTES = ["'", *(r"\\" * (2**level - 1) + '"' for level in range(1, 5))]
"""What may stand between a name and a colon in the line of an event: the quotes of Python, of JSON in a text, of JSON
in JSON in a text, and so on. Before a lone `"` the name is a key of the event's own.
"""
_TEXT_QUOTES = ["'", *(r"\\" * (2**level - 1) + '"' for level in range(4))]
"""The same in the text itself, where there is one level less."""


class _Named(NamedTuple):
    """What a name gives away."""

    kind: str
    names: str
    value: str
    between: list[str] = []  # noqa: RUF012  # never changed
    """What may stand between name and sign in a text."""

    def all_names(self) -> list[str]:
        return [*self.names.split(), *self.names.upper().split()]


def _named(sign: str, between: list[str], *named: _Named) -> Group:
    """Return the group of values behind a name, perhaps a quote or a space, and a sign. Only the value goes. `between`
    is what may stand between name and sign in the line of an event.

    No sign that belongs to the event's own JSON is followed by a text that belongs to one of its texts.
    """
    names = [name for one in named for name in one.all_names()]
    end = "".join(f"[{''.join(sorted({name[place] for name in names}))}]" for place in (-3, -2, -1))
    quoted = "|".join(f"(?<={end}{one}{sign}.)" for one in between)
    follows = r"[^\"{:]" if sign == ":" else "[^=;]"
    begins = f"(?={_OPENING}{_BEGINS[sign]})"
    ends = "|".join(sorted({re.escape(name[-3:]) for name in names}))
    looks = rf"(?<={end}{sign}.)(?<=(?:{ends}){sign}.)|(?:(?<=[ ']{sign}.)|(?<=\\\"{sign}.))(?:{quoted})"
    gate = rf"{sign}{follows}(?:{looks})(?:(?<=[0-9\"'\\BbTt])|{begins})"
    hint = f"{sign}(?={follows}){begins}{_before(sign, names, between)}"
    wholes = [f"(?P<keep>{sign}{_before(sign, one.all_names(), one.between)}{_OPENING}){one.value}" for one in named]
    patterns = (Pattern(one.kind, "", whole) for one, whole in zip(named, wholes, strict=True))
    return Group(sign, gate, hint, tuple(patterns))


def _before(sign: str, names: list[str], between: list[str]) -> str:
    """Return an expression for the place behind a name and a sign; the name's last letter is looked at first."""
    letters = "".join(sorted({name[-1] for name in names}))
    name = _behind(names) + "".join(f"(?<!{page})" for page in _PAGES)
    return "(?:" + "|".join(f"(?<=[{letters}]{one}{sign})(?<={name}{one}{sign})" for one in ["", *between]) + ")"


_EQUALS = _named(
    "=",
    [" "],
    _Named("by_name", _NAMED, _CREDENTIAL, [" "]),
    _Named("by_name", _PASSWORDS, _QUOTED, [" "]),
    _Named("in_query", _QUERY, _PARAMETER),
)
_COLON = _named(
    ":",
    _JSON_QUOTES,
    _Named("by_name", _NAMED, _CREDENTIAL, _TEXT_QUOTES),
    _Named("by_name", _PASSWORDS, _QUOTED, _TEXT_QUOTES),
    _Named("cookies", "okie", _COOKIES, _TEXT_QUOTES),
)

_FIRST = r"\[\"[A-Za-z0-9_. -]{1,68}+\",\""
_WORDS = ["key", "token", "auth", "cookie", "csrf", "word", "wd", "phrase", "secret", "ation", "ntial", "ntials"]
_FIRST_NAMES = [form for word in _WORDS for form in (word, word.capitalize(), word.upper())]
_PAIR = Group("[", _FIRST, rf"{_FIRST}(?<={_behind(_FIRST_NAMES)}\",\")", ())
"""A list that begins with what may be the name of a secret, as headers are given in pairs."""

GROUPS = (_DASH, _UNDERSCORE, _A, _B, _G, _J, _9, _AT, _EQUALS, _COLON, _PAIR)

# -- names of keys and headers -------------------------------------------------------------------------------------

_ALWAYS = (
    *("password", "passwd", "passphrase", "pwd", "secret", "secretkey", "apikey", "accesskey", "accesskeyid"),
    *("privatekey", "signingkey", "masterkey", "encryptionkey", "accountkey", "subscriptionkey", "functionskey"),
    *("authorization", "credential", "credentials", "xgoogapikey"),
)
_LONG = ("token", "auth", "cookie", "sessionkey", "csrf")
_OTHERS = ("page", "next", "sync", "continuation", "pad", "eos", "bos", "cls", "sep", "unk", "mask", "stop", "first")
_HARMLESS = tuple(f"{word}token" for word in _OTHERS)
"""How names end, written together and in lower case."""
_SEPARATORS = str.maketrans("", "", "-_. \n")
_SHORTEST = 16
_GONE = ("<redacted>", "[redacted:", "[withheld:")
"""What stands in a secret's place already."""


def is_secret(name: str, value: str) -> bool:
    """Whether a text that stands under this key or in this header is a secret. Of a `password` any is; of a `token`,
    which may be a word that a model was not sure of, only a long one, and of a cookie one with a value.
    """
    plain = _plain(name)
    if value.startswith(_GONE):
        return False
    if plain.endswith(_ALWAYS):
        return value != ""
    if not plain.endswith(_LONG) or plain.endswith(_HARMLESS):
        return False
    return "=" in value if plain.endswith("cookie") else len(value) >= _SHORTEST and " " not in value.strip()


def is_always_secret(name: str) -> bool:
    """Whether any text under this name is a secret."""
    return _plain(name).endswith(_ALWAYS)


def may_be_secret(name: str) -> bool:
    """Whether there are texts which are secrets under this name."""
    plain = _plain(name)
    return plain.endswith(_ALWAYS) or (plain.endswith(_LONG) and not plain.endswith(_HARMLESS))


def _plain(name: str) -> str:
    return name[:200].translate(_SEPARATORS).lower()
