"""Finds what looks like a secret in the texts of an organization."""

import re

SECRET = re.compile(
    r"""(?x)
    \b sk-[A-Za-z0-9_-]{16,}                                  # OpenAI, Anthropic
    | \b (?:gh[pousr]|github_pat)_[A-Za-z0-9_]{20,}           # GitHub
    | \b xox[abprs]-[A-Za-z0-9-]{10,}                         # Slack
    | \b (?:AKIA|ASIA)[A-Z0-9]{16} \b                         # AWS
    | \b AIza[A-Za-z0-9_-]{30,}                               # Google
    | \b (?:gsk|hf|xai|pplx|nvapi|glpat)[-_][A-Za-z0-9_-]{16,}
    | \b eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}   # JSON Web Token
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----[\s\S]*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | (?<=://) [^/\s:@{}$]+ : [^/\s@{}$]{4,} (?=@)            # user:password@host
    | (?i: (?<=bearer\ ) [A-Za-z0-9._~+/-]{16,}=* )
    | (?i: (?<=password[=:]) [^\s"'{}$]{6,} )
    """
)
"""What looks like a secret. `${NAME}` does not."""
_LABEL = (
    r"(?:authorization|cookie|credentials?|passwd|password|passphrase|pwd|secret|session[-_]?id|signature"
    r"|(?:api|access|account|auth|client|private|secret|service|subscription)[-_]?key|token)"
)
_LABELLED = re.compile(rf"(?i)(?:{_LABEL}|(?:^|[-_])key)$")
_LABELLED_PART = re.compile(
    rf"(?i){_LABEL}['\"]?\s*[=:]\s*['\"]?(?:bearer\s+|basic\s+|token\s+)?([^\s&'\"${{}}]+)"
)
_FLAG = re.compile(rf"(?i)^--?[\w-]*?(?:{_LABEL}|key)$")
_IN_QUERY = re.compile(rf"(?i)[?&](?:[\w-]*{_LABEL}|key|sig)=([^&\s#${{}}]+)")
_SCHEME = re.compile(r"(?i)^(?:bearer|basic|token|apikey)\s+")
_RANDOM = re.compile(
    r"(?<![\w+=-])(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])(?=[\w+=-]*\d)[\w+=-]{32,}(?![\w+=-])", re.ASCII
)
_PLAIN = {"", "true", "false", "none", "null", "yes", "no"}

Span = tuple[int, int]


def secret_spans(field: str, text: str, *, before: str = "") -> list[Span]:
    """Where in a text secrets seem to stand. `field` is a path as `headers.Authorization`; `before` is what comes
    before the text in a list of arguments."""
    spans = [match.span() for match in SECRET.finditer(text)]
    family, _, label = field.partition(".")
    match family:
        case "headers" | "environment" if _LABELLED.search(label):
            spans += _whole(text)
        case "arguments" if _FLAG.search(before):
            spans += _whole(text)
        case "arguments":
            spans += [found.span(1) for found in _LABELLED_PART.finditer(text)]
        case "url":
            spans += [found.span(1) for found in _IN_QUERY.finditer(text)]
    if family in {"headers", "environment", "arguments"}:
        spans += [found.span() for found in _RANDOM.finditer(text)]
    return _apart(spans)


def _whole(text: str) -> list[Span]:
    """The whole value after a scheme such as `Bearer`, unless it is filled in from elsewhere or says nothing."""
    scheme = _SCHEME.match(text)
    start = scheme.end() if scheme else 0
    value = text[start:]
    return [] if "{" in value or value.strip().lower() in _PLAIN else [(start, len(text))]


def _apart(spans: list[Span]) -> list[Span]:
    """The spans in their order; those that overlap become one."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
