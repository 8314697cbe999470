"""Triggers in words, and command lines that really post what they say."""

import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from core.triggers.records import TriggerSummary
from core.triggers.signatures import Scheme, new_secret, verified_key
from core.triggers.spec import (
    AgentRouter,
    AlwaysRouter,
    FolderSource,
    Rule,
    RulesRouter,
    ScheduleSource,
    WebhookSource,
)
from studio.view_models.trigger_curl import curl_lines
from studio.view_models.trigger_words import counts_words, example_payload, router_words, source_words

NAMES = {"a": "Refunds", "b": "Repairs"}
Posted = list[tuple[dict[str, str], bytes]]


@pytest.fixture
def listener() -> Iterator[tuple[str, Posted]]:
    """An address on loopback, and what was posted to it."""
    posted: Posted = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            posted.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(202)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hooks/trg_1", posted
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("scheme", ["standard", "github"])
def test_the_command_line_posts_a_signed_event(listener: tuple[str, Posted], scheme: Scheme) -> None:
    url, posted = listener
    secret = new_secret(scheme)

    subprocess.run(
        ["sh", "-ec", curl_lines(WebhookSource(scheme=scheme), url, secret=secret)],
        check=True,
        capture_output=True,
        timeout=60,
    )

    ((headers, body),) = posted
    assert verified_key(scheme, [secret], headers, body)
    assert headers["content-type"] == "application/json"


def test_where_events_come_from_and_go() -> None:
    rules = RulesRouter(rules=[Rule(organization_id="a"), Rule(organization_id="b")], default="a")

    assert source_words(WebhookSource(scheme="github")) == "Webhook (GitHub)"
    assert source_words(ScheduleSource(zone="Asia/Tokyo")) == "At 09:00 on Monday through Friday (Asia/Tokyo)"
    assert source_words(FolderSource(path="/srv/inbox/", pattern="*.txt")) == "/srv/inbox/*.txt"
    assert router_words(AlwaysRouter(organization_id="a"), NAMES) == "Refunds"
    assert router_words(AlwaysRouter(organization_id="x"), NAMES) == "a deleted organization"
    assert router_words(rules, NAMES) == "2 rules: Refunds, Repairs"
    assert router_words(AgentRouter(organization_ids=["b"]), NAMES) == "An agent chooses: Repairs"


def test_counts_in_words() -> None:
    summary = TriggerSummary({"done": 9, "received": 1, "dead": 1, "failed": 1}, None)

    assert counts_words(None) == "No events yet"
    assert counts_words(summary) == "12 events, 1 waiting, 2 need you"
    assert counts_words(TriggerSummary({"dead": 1}, None)) == "1 event, 1 needs you"


def test_examples_are_samples_where_those_are_objects() -> None:
    assert example_payload("webhook", ["Hello", '{"a": 1}']) == '{\n  "a": 1\n}'
    assert '"text": "Hello"' in example_payload("webhook", ["Hello"])
    assert '"slot"' in example_payload("schedule", [])
    assert '"text": "Hello"' in example_payload("folder", ["Hello"])
