"""Secrets, and what only looks like one. They are put together here, so that no scanner finds them in the text."""

from __future__ import annotations

import json
import random
import string

__all__ = ["LOOK_ALIKES", "SECRETS"]

_RANDOM = random.Random(5)
_WORD = string.ascii_letters + string.digits
_TOKEN = _WORD + "_-"
_UPPER = string.ascii_uppercase + "234567"
_HEX = "0123456789abcdef"


def _some(count: int, of: str = _WORD) -> str:
    """Return that many characters, with a digit and letters of both cases where there are any."""
    while True:
        text = "".join(_RANDOM.choice(of) for _ in range(count))
        if all(set(text) & set(wanted) for wanted in (string.digits, string.ascii_letters) if set(of) & set(wanted)):
            return text


def _jwt(*rest: str) -> str:
    return ".".join(["ey" + "J" + _some(30, _TOKEN), "ey" + "J" + _some(60, _TOKEN), *rest])


def _pem(kind: str) -> str:
    body = "\n".join(_some(64, _WORD + "+/") for _ in range(12))
    return f"{'-' * 5}BEGIN {kind}{'-' * 5}\n{body}\n{'-' * 5}END {kind}{'-' * 5}"


_PASSWORD = "Tr0ub4" + "dor&3"

TOKENS: dict[str, str] = {
    "openai": "sk" + "-" + _some(48),
    "openai project": "sk" + "-proj-" + _some(74, _TOKEN) + "T3" + "BlbkFJ" + _some(74, _TOKEN),
    "openai service account": "sk" + "-svcacct-" + _some(80, _TOKEN),
    "openai admin": "sk" + "-admin-" + _some(80, _TOKEN),
    "openrouter": "sk" + "-or-v1-" + _some(64, _HEX),
    "deepseek": "sk" + "-" + _some(32, _HEX),
    "anthropic": "sk" + "-ant-api03-" + _some(93, _TOKEN) + "AA",
    "anthropic oauth": "sk" + "-ant-oat01-" + _some(86, _TOKEN),
    "anthropic admin": "sk" + "-ant-admin01-" + _some(93, _TOKEN),
    "github personal": "gh" + "p_" + _some(36),
    "github oauth": "gh" + "o_" + _some(36),
    "github user": "gh" + "u_" + _some(36),
    "github server": "gh" + "s_" + _some(36),
    "github refresh": "gh" + "r_" + _some(76),
    "github fine-grained": "github" + "_pat_" + _some(22) + "_" + _some(59),
    "gitlab personal": "gl" + "pat-" + _some(20, _TOKEN),
    "gitlab deploy": "gl" + "dt-" + _some(20, _TOKEN),
    "gitlab runner": "gl" + "rt-" + _some(20, _TOKEN),
    "gitlab trigger": "gl" + "ptt-" + _some(40, _HEX),
    "slack bot": "xo" + "xb-" + _some(12, string.digits) + "-" + _some(12, string.digits) + "-" + _some(24),
    "slack user": "xo" + "xp-" + _some(12, string.digits) + "-" + _some(12, string.digits) + "-" + _some(32, _HEX),
    "slack app": "xa" + "pp-1-A" + _some(10, _UPPER) + "-" + _some(13, string.digits) + "-" + _some(64, _HEX),
    "slack refresh": "xo" + "xe-1-" + _some(140),
    "google api": "AI" + "za" + _some(35, _TOKEN),
    "google access": "ya" + "29." + _some(120, _TOKEN),
    "google client secret": "GOC" + "SPX-" + _some(28, _TOKEN),
    "aws key id": "AK" + "IA" + _some(16, _UPPER),
    "aws session key id": "AS" + "IA" + _some(16, _UPPER),
    "stripe live": "sk" + "_live_" + _some(24),
    "stripe test": "sk" + "_test_" + _some(99),
    "stripe restricted": "rk" + "_live_" + _some(24),
    "stripe webhook": "wh" + "sec_" + _some(32),
    "hugging face": "h" + "f_" + _some(34),
    "npm": "np" + "m_" + _some(36),
    "pypi": "pyp" + "i-AgEIcHlwaS5vcmc" + _some(150, _TOKEN),
    "jwt": _jwt(_some(43, _TOKEN)),
    "jwt unsigned": _jwt(""),
    "groq": "gs" + "k_" + _some(52),
    "xai": "xa" + "i-" + _some(80),
    "perplexity": "pp" + "lx-" + _some(48),
    "replicate": "r8" + "_" + _some(37),
    "sendgrid": "S" + "G." + _some(22, _TOKEN) + "." + _some(43, _TOKEN),
    "digitalocean": "do" + "p_v1_" + _some(64, _HEX),
    "shopify": "shp" + "at_" + _some(32, _HEX),
    "docker": "dck" + "r_pat_" + _some(27, _TOKEN),
    "grafana": "gl" + "sa_" + _some(32) + "_" + _some(8, _HEX),
    "linear": "lin" + "_api_" + _some(40),
    "langsmith": "lsv2" + "_pt_" + _some(32, _HEX) + "_" + _some(10, _HEX),
    "notion": "nt" + "n_" + _some(46),
    "rsa key": _pem("RSA " + "PRIVATE KEY"),
    "pkcs8 key": _pem("PRIVATE" + " KEY"),
    "openssh key": _pem("OPENSSH " + "PRIVATE KEY"),
    "pgp key": _pem("PGP " + "PRIVATE KEY BLOCK"),
}
"""Told by their own looks: what must not be in any file."""

_BASIC = _some(24) + "=="
_NAMED: dict[str, tuple[str, object]] = {
    "basic auth": (_BASIC, f"Authorization: Basic {_BASIC}"),
    "basic auth header": (_BASIC, {"headers": {"authorization": f"Basic {_BASIC}"}}),
    "bearer header": (_some(20), None),
    "url": (_PASSWORD, f"postgresql://desk:{_PASSWORD}@db.example.com:5432/orders"),
    "git url": (_some(30), None),
    "query key": (_some(30), None),
    "query token": (_some(40, _HEX), None),
    "oauth code": (_some(30), None),
    "signed url": (_some(40, _HEX), None),
    "aws secret": (_some(40, _WORD + "+"), None),
    "aws session token": (_some(300, _WORD + "+"), None),
    "environment": (_some(20), None),
    "yaml": (_some(14), None),
    "json in a text": (_PASSWORD, json.dumps({"user": "desk", "password": _PASSWORD})),
    "json in json in a text": (_PASSWORD, json.dumps({"body": json.dumps({"client_secret": _PASSWORD})})),
    "password": (_PASSWORD, {"login": {"user": "desk", "password": _PASSWORD}}),
    "x-api-key": (_some(12), None),
    "cookie": (_some(26), None),
    "list": (_some(18), None),
    "python": (_some(18), None),
    "account key": (_some(86) + "==", None),
    "subscription key": (_some(32, _HEX), None),
    "encryption key": (_some(32), None),
}


def _in_its_place(name: str, secret: str) -> object:
    return {
        "bearer header": {"Authorization": f"Bearer {secret}"},
        "git url": f"git clone https://oauth2:{secret}@git.example.com/desk.git",
        "query key": f"GET https://maps.example.com/v1/geocode?address=Basel&key={secret}&language=de",
        "query token": f"https://hooks.example.com/run?token={secret}",
        "oauth code": f"GET /callback?state=login&code={secret}",
        "signed url": f"https://bucket.example.com/report.pdf?X-Amz-Expires=300&X-Amz-Signature={secret}",
        "aws secret": f"aws_secret_access_key = {secret}\nregion = eu-west-1",
        "aws session token": f"export AWS_SESSION_TOKEN={secret}",
        "environment": f"HOME=/root\nBILLING_API_KEY={secret}\nLANG=C",
        "yaml": f"database:\n  user: desk\n  password: {secret}\n",
        "x-api-key": {"request": {"headers": [{"X-Api-Key": secret}]}},
        "cookie": {"Set-Cookie": f"sid={secret}; Path=/; HttpOnly"},
        "list": {"api_keys": "one", "api_key": [secret]},
        "account key": f"DefaultEndpointsProtocol=https;AccountName=desk;AccountKey={secret};EndpointSuffix=core",
        "subscription key": f"Ocp-Apim-Subscription-Key: {secret}",
        "encryption key": f"encryption_key={secret}",
        "python": f"client = Client(api_key='{secret}', timeout=3)",
    }[name]


SECRETS: dict[str, tuple[str, object]] = {
    **{name: (token, f"use {token} for it") for name, token in TOKENS.items()},
    **{
        name: (secret, _in_its_place(name, secret) if value is None else value)
        for name, (secret, value) in _NAMED.items()
    },
}
"""Each secret, and what an agent says that holds it."""

LOOK_ALIKES: list[object] = [
    _some(40, _HEX),
    f"commit {_some(40, _HEX)}\nAuthor: desk <desk@example.com>",
    _some(64, _HEX),
    "sha256:" + _some(64, _HEX),
    "d41d8cd98f00b204e9800998ecf8427e",
    "550e8400-e29b-41d4-a716-446655440000",
    "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    {"request_id": "req_011CSHoEeqs5C35K2UUqR7Fy", "id": "msg_01XFDUDYJgAACzvnptvVoYEL"},
    {"id": "call_abc123DEF456ghi789JKL012", "response": "chatcmpl-9f8e7d6c5b4a39281706f5e4d3c2b1a0"},
    "toolu_01A09q90qw90lq917835lq9",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA" + _some(2000, _WORD + "+/") + "==",
    {"source": {"type": "base64", "media_type": "image/jpeg", "data": "/9j/4AAQSkZJRg" + _some(3000, _WORD + "+/")}},
    _some(4000, _WORD + "+/"),
    {"type": "thinking", "thinking": "First the month.", "signature": "EqQB" + _some(400, _WORD + "+/")},
    {"tokens": 4127, "max_tokens": 1024, "input_tokens": 12, "token_count": 7},
    {"logprobs": [{"token": " the", "logprob": -0.25}, {"token": "refund", "logprob": -1.5}]},
    {"next_page_token": "CAUQAA" + _some(20), "nextToken": _some(30)},
    {"key": "value", "primary_key": "id", "sort_key": "created_at", "cache_key": "charges:4127"},
    {"properties": {"password": {"type": "string", "minLength": 8}, "api_key": {"type": "string"}}},
    {"credentials": {"type": "object", "description": "of the desk"}, "secret": {"anyOf": [{"type": "string"}]}},
    ["key", "value"],
    {"password": "", "token": None, "secret": False},
    {"author": "desk", "authors": ["a", "b"], "authority": "none"},
    {"eos_token": "<|endoftext_and_more|>", "pad_token": "<pad_pad_pad_pad_pad>"},
    {"cookie": "chocolate chip", "cookies": 12},
    "sorted(charges, key=lambda charge: charge.cents)",
    "def login(user: str, password: str, token: str | None = None) -> Session:",
    'api_key = os.environ["OPENAI_API_KEY"]',
    "password=None, token=None, secret=None",
    "client = OpenAI(api_key=settings.openai_api_key)",
    "Set OPENAI_API_KEY=<your key> before you start",
    "export GITHUB_TOKEN=$(gh auth token)",
    "export API_KEY=${API_KEY}",
    "password: the one you chose when you signed up",
    "Authorization: Bearer <token>",
    "curl -H 'Authorization: Bearer $TOKEN' https://api.example.com/v1/charges",
    "the basic understanding, a Basic introduction to bearer bonds",
    "https://example.com/a/b?page=2&sort=key&order=desc#token",
    "https://user@example.com/path, mailto:desk@example.com",
    "postgres://localhost:5432/orders",
    "ssh://git@github.com:22/desk/desk.git",
    "scikit-learn, sk-learn-contrib-extra-trees, task-management-and-planning-tools",
    "disk-usage-of-the-whole-volume-2026-11-20, risk-assessment-of-the-portfolio-in-2026",
    "sk-circle-fade-dot sk-folding-cube-animation-keyframes",
    "hf_transfer hf_hub_download npm_config_registry npm_lifecycle_event ghp_",
    "AKIA is how an access key begins; AIza is Google's; eyJ opens a JWT",
    "pypi-publish-action@release/v1, xoxb- tokens are for bots, glpat- for people",
    "-----BEGIN CERTIFICATE-----\nMIIB" + _some(64, _WORD + "+/") + "\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMIIB" + _some(64, _WORD + "+/") + "\n-----END PUBLIC KEY-----",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + _some(43, _WORD + "+/") + " desk@box",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ" + _some(300, _WORD + "+/"),
    "/usr/lib/python3.11/site-packages/secrets/token_bytes.cpython-311-x86_64-linux-gnu.so",
    "arn:aws:iam::123456789012:role/desk-production-read-only",
    "s3://desk-bucket/2026/11/20/part-00000-of-00128.snappy.parquet",
    "com.example.desk.billing.charges.RefundServiceImplementation2",
    "PYTHON_KEYRING_BACKEND KEYBOARD_INTERRUPT_HANDLER_INSTALLED_2",
    "x" * 3000,
    "=" * 80 + "\n" + "-" * 80 + "\n" + "_" * 80 + "\n" + ":" * 80,
    "SELECT token, secret FROM sessions WHERE id = 4127 AND key = 'a'",
    "card 4111 1111 1111 1111, IBAN CH93 0076 2011 6238 5295 7",
    "temperature=0.12345678 architecture=x86_64-linux exit_code=3221225477 zipcode=12345-6789",
    "pytest --feature=login_v2_beta --fixture=tests/data1.json",
    "2026-11-20T10:15:00Z 10.0.0.1:443 [::1]:8080 v1.2.3-rc.4+build.5678",
]
"""What agents say all day, to be written as it is."""
