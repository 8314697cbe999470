"""Whether a webhook comes from who shares our secret: Standard Webhooks and GitHub's signatures."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from core.errors import InvalidInputError, TroupeError
from core.ids import utc_now

Scheme = Literal["standard", "github"]
MAX_KEY = 200
_PREFIX = "whsec_"
_FROM_24_TO_64 = range(24, 65)


class SignatureError(TroupeError):
    """The request is not signed as it should be."""

    code = "signature"


def new_secret(scheme: Scheme) -> str:
    """A secret that nobody has."""
    return (
        _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
        if scheme == "standard"
        else secrets.token_hex(32)
    )


def check_secret(scheme: Scheme, secret: str) -> str:
    """The secret that a sender gave out, without what surrounds it. Raises InvalidInputError."""
    text = secret.strip()
    if scheme == "github":
        if not text or not text.isascii() or not text.isprintable():
            raise InvalidInputError("The secret holds characters that no secret has.", hint="Copy it again.")
        return text
    try:
        length = len(base64.b64decode(text.removeprefix(_PREFIX), validate=True))
    except (binascii.Error, ValueError) as error:
        raise InvalidInputError(
            "The secret is not one of Standard Webhooks.", hint="It looks like whsec_ and base64; copy it again."
        ) from error
    if length not in _FROM_24_TO_64:
        raise InvalidInputError(
            f"The secret has {length} bytes.", hint="Secrets of Standard Webhooks have 24 to 64; copy it again."
        )
    return text


def verified_key(scheme: Scheme, known: Sequence[str], headers: Mapping[str, str], body: bytes) -> str:
    """The event's id, once one of the `known` secrets has been found to have signed the request. `headers` have
    small letters. Raises SignatureError, and InvalidInputError for an id that cannot be kept."""
    key = headers.get("webhook-id" if scheme == "standard" else "x-github-delivery", "")
    if scheme == "standard":
        _verify_standard(known, headers, body)
    else:
        _verify_github(known, headers, body)
    if not 0 < len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInputError(
            "The event has no usable id.", hint=f"Send one of 1 to {MAX_KEY} printable characters."
        )
    return key


def signed_headers(
    scheme: Scheme, secret: str, *, key: str, body: bytes, at: datetime | None = None
) -> dict[str, str]:
    """The headers with which a sender posts `body` as event `key`."""
    moment = at or utc_now()
    if scheme == "github":
        return {
            "X-GitHub-Delivery": key,
            "X-GitHub-Event": "test",
            "X-Hub-Signature-256": f"sha256={_github(secret, body)}",
        }
    from standardwebhooks import Webhook

    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, moment, body.decode()),
    }


def _verify_standard(known: Sequence[str], headers: Mapping[str, str], body: bytes) -> None:
    from standardwebhooks import Webhook, WebhookVerificationError

    reason = "No secret is set"
    for secret in known:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except WebhookVerificationError as error:
            reason = str(error)
        except ValueError:
            # A signature that is no base64, or a body that is no text.
            reason = "No matching signature found"
        else:
            return
    raise SignatureError(
        f"{reason}.",
        hint="Sign with the secret of this trigger by Standard Webhooks: headers webhook-id, webhook-timestamp "
        "(now, at most 5 minutes off) and webhook-signature.",
    )


def _verify_github(known: Sequence[str], headers: Mapping[str, str], body: bytes) -> None:
    given = headers.get("x-hub-signature-256", "").encode()
    for secret in known:
        if hmac.compare_digest(given, f"sha256={_github(secret, body)}".encode()):
            return
    raise SignatureError(
        "No matching signature found." if given else "Missing required headers.",
        hint="Enter this trigger's secret in GitHub's webhook settings, which then sends X-Hub-Signature-256.",
    )


def _github(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
