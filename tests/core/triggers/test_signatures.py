"""Signatures of webhooks, against the published examples of their specifications."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import InvalidInputError
from core.ids import utc_now
from core.triggers.signatures import (
    SignatureError,
    check_secret,
    new_secret,
    signed_headers,
    verified_key,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'


def standard(body: bytes = BODY, *, secret: str = SECRET, key: str = "msg_1", ago: float = 0) -> dict[str, str]:
    return signed_headers("standard", secret, key=key, body=body, at=utc_now() - timedelta(seconds=ago))


def github(body: bytes = BODY, *, secret: str = "s3cret", key: str = "72d3162e") -> dict[str, str]:
    return {name.lower(): value for name, value in signed_headers("github", secret, key=key, body=body).items()}


def test_the_example_of_standard_webhooks() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)

    headers = signed_headers("standard", SECRET, key="msg_p5jXN8AQM9LWM0D4loKWxJek", body=BODY, at=at)

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_example_of_github() -> None:
    """https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"""
    headers = {
        "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    }

    key = verified_key("github", ["It's a Secret to Everybody"], headers, b"Hello, World!")

    assert key == "72d3162e-cc78-11e3-81ab-4c9367dc0958"


def test_a_signed_request_gives_its_id() -> None:
    assert verified_key("standard", [SECRET], standard(), BODY) == "msg_1"
    assert verified_key("github", ["s3cret"], github(), BODY) == "72d3162e"


def test_while_a_secret_is_changed_both_are_good() -> None:
    old, new = new_secret("standard"), new_secret("standard")

    assert verified_key("standard", [new, old], standard(secret=old), BODY) == "msg_1"
    assert verified_key("standard", [new, old], standard(secret=new), BODY) == "msg_1"
    assert verified_key("github", ["other", "s3cret"], github(), BODY) == "72d3162e"
    with pytest.raises(SignatureError):
        verified_key("standard", [new], standard(secret=old), BODY)


def test_a_sender_may_sign_with_several_secrets() -> None:
    headers = standard()
    headers["webhook-signature"] = (
        f"v1a,AAAA v1,{base64.b64encode(b'x' * 32).decode()} {headers['webhook-signature']}"
    )

    assert verified_key("standard", [SECRET], headers, BODY) == "msg_1"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,not base64!"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,ä"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "1e999"},
        {"webhook-timestamp": "yesterday"},
        {"webhook-timestamp": "0"},
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
    ],
)
def test_a_forged_request_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(SignatureError):
        verified_key("standard", [SECRET], standard() | change, BODY)


def test_another_body_is_refused() -> None:
    for body in (b"", BODY + b" ", b"\xff\xfe"):
        with pytest.raises(SignatureError):
            verified_key("standard", [SECRET], standard(), body)
        with pytest.raises(SignatureError):
            verified_key("github", ["s3cret"], github(), body)


@pytest.mark.parametrize(("ago", "message"), [(400, "too old"), (-400, "too new")])
def test_an_old_request_cannot_be_sent_again_later(ago: float, message: str) -> None:
    with pytest.raises(SignatureError, match=message):
        verified_key("standard", [SECRET], standard(ago=ago), BODY)
    assert verified_key("standard", [SECRET], standard(ago=ago * 0.7), BODY) == "msg_1"


@pytest.mark.parametrize("signature", ["", "sha256=", "sha1=abc", "sha256=ä"])
def test_github_requests_without_a_good_signature_are_refused(signature: str) -> None:
    with pytest.raises(SignatureError):
        verified_key("github", ["s3cret"], github() | {"x-hub-signature-256": signature}, BODY)


@pytest.mark.parametrize("key", ["", "x" * 201, "snow\u2603", "a\x00b"])
def test_an_id_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(InvalidInputError, match="no usable id"):
        verified_key("github", ["s3cret"], github(key=key), BODY)


def test_secrets_of_senders_are_checked() -> None:
    assert check_secret("standard", f"  {SECRET} ") == SECRET
    assert check_secret("standard", new_secret("standard")).startswith("whsec_")
    assert check_secret("github", new_secret("github"))
    for wrong in ("whsec_", "whsec_AAAA", "hunter2!", "whsec_" + "A" * 400):
        with pytest.raises(InvalidInputError, match="secret"):
            check_secret("standard", wrong)
    with pytest.raises(InvalidInputError):
        check_secret("github", "sn\u2603w")
