"""The toolbox: plain Python functions that agents may use as tools, on a sample database."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getdoc
from typing import Any

from core.organization.spec import Effect
from core.toolbox import billing, maintenance, order_desk, research, shipping, stock, support, technical


@dataclass(frozen=True, slots=True)
class ToolboxEntry:
    """A function to offer in the inspector's picker."""

    reference: str
    """`module:function`, as a function tool names it."""
    name: str
    description: str
    """First line of the docstring."""
    effect: Effect
    module: str
    """Title of the group that it is shown in."""


def toolbox() -> list[ToolboxEntry]:
    """All functions of the toolbox, grouped by module."""
    return [_entry(title, function, effect) for title, function, effect in _FUNCTIONS]


def _entry(title: str, function: Callable[..., Any], effect: Effect) -> ToolboxEntry:
    return ToolboxEntry(
        reference=f"{function.__module__}:{function.__name__}",
        name=function.__name__,
        description=(getdoc(function) or "").partition("\n")[0],
        effect=effect,
        module=title,
    )


_FUNCTIONS: tuple[tuple[str, Callable[..., Any], Effect], ...] = (
    ("Support", support.search_knowledge_base, "reads"),
    ("Support", support.create_ticket, "writes"),
    ("Billing", billing.look_up_invoice, "reads"),
    ("Billing", billing.look_up_payment, "reads"),
    ("Billing", billing.issue_refund, "writes"),
    ("Orders", order_desk.find_orders, "reads"),
    ("Orders", order_desk.add_order_note, "writes"),
    ("Shipping", shipping.track_shipment, "reads"),
    ("Shipping", shipping.send_replacement, "writes"),
    ("Stock", stock.check_stock, "reads"),
    ("Stock", stock.list_low_stock, "reads"),
    ("Stock", stock.place_stock_order, "writes"),
    ("Technical", technical.search_logs, "reads"),
    ("Technical", technical.service_status, "reads"),
    ("Technical", technical.run_diagnostics, "reads"),
    ("Technical", technical.post_status_update, "writes"),
    ("Maintenance", maintenance.list_maintenance_windows, "reads"),
    ("Maintenance", maintenance.schedule_maintenance, "writes"),
    ("Research and writing", research.search_corpus, "reads"),
    ("Research and writing", research.count_words, "reads"),
    ("Research and writing", research.check_outline, "reads"),
    ("Research and writing", research.readability, "reads"),
)
