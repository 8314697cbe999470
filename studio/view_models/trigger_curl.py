"""Command lines that post a signed event."""

from core.triggers.spec import WebhookSource

_BODY = '{"type": "example", "text": "Hello from the command line"}'


def curl_lines(source: WebhookSource, url: str, *, secret: str = "") -> str:
    """Lines for a shell with curl and openssl. Without the secret there is a place to put it."""
    given = f"SECRET='{secret or 'the secret of this webhook'}'\nBODY='{_BODY}'\n"
    if source.scheme == "github":
        return given + (
            'SIGNATURE=$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed "s/^.* //")\n'
            f"curl -X POST '{url}' -d \"$BODY\" \\\n"
            "  -H 'content-type: application/json' -H 'x-github-event: example' \\\n"
            '  -H "x-github-delivery: $(date +%s)-$$" -H "x-hub-signature-256: sha256=$SIGNATURE"'
        )
    return given + (
        "ID=msg_$(date +%s)_$$; NOW=$(date +%s)\n"
        "KEY=$(printf %s \"${SECRET#whsec_}\" | openssl base64 -d -A | od -An -tx1 | tr -d ' \\n')\n"
        'SIGNATURE=$(printf %s "$ID.$NOW.$BODY" |\n'
        '  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | openssl base64 -A)\n'
        f"curl -X POST '{url}' -d \"$BODY\" -H 'content-type: application/json' \\\n"
        '  -H "webhook-id: $ID" -H "webhook-timestamp: $NOW" -H "webhook-signature: v1,$SIGNATURE"'
    )
