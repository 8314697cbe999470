"""Takes keys out of texts that people get to see."""

import re

_HIDDEN = "…"
_PATTERNS = (
    # Keys of well-known providers, also where the provider has masked a part of them.
    re.compile(r"\bsk-[A-Za-z0-9_*.\-]{5,}[A-Za-z0-9_*]"),
    re.compile(r"\b(?:sk|pk|rk|gsk|hf|xai|pplx|nvapi|csk|fw|r8)[-_](?=\S*[\d*])[A-Za-z0-9_*.\-]{8,}[A-Za-z0-9_*]"),
    re.compile(r"\bAIza[A-Za-z0-9_\-]{10,}"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"(?i)(?<=[?&])(?:api[-_]?key|key|token|access_token)=[^&\s'\"]+"),
)
_AFTER_LABEL = re.compile(
    r"""(?ix) ((?:authorization|x-api-key|api[-_]?key)["']?\s*[:=]\s*["']?(?:bearer\s+|basic\s+)?|\bbearer\s+)"""
    r"""[A-Za-z0-9+/_=*.\-]{6,}"""
)


def redact(text: str, *keys: str | None) -> str:
    """`text` without what looks like a key, and without the given ones."""
    for key in keys:
        if key and len(key) >= 6:
            text = text.replace(key, _HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(_HIDDEN, text)
    return _AFTER_LABEL.sub(rf"\g<1>{_HIDDEN}", text)
