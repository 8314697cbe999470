"""What model calls cost, by the prices that people entered: no API tells them."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.records import Price
from core.store import providers as store
from core.store.database import Database

_SETTING = "prices"
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices by model reference; `provider/*` is for all models of a provider that are not listed."""

    prices: Mapping[str, Price]

    def price(self, reference: str) -> Price | None:
        """What a model costs; None when nobody said."""
        provider = reference.partition("/")[0]
        return self.prices.get(reference) or self.prices.get(f"{provider}/*")

    def cost(self, reference: str, input_tokens: int, output_tokens: int, *, simulated: bool) -> float | None:
        """US dollars for so many tokens; None when nobody said what the model costs."""
        if simulated:
            return 0.0
        price = self.price(reference)
        if price is None:
            return None
        return (input_tokens * price.input + output_tokens * price.output) / _MILLION


def stored_prices(database: Database) -> PriceList:
    """The prices as they are now."""
    with database.glance() as db:
        stored = store.setting(db, _SETTING) or {}
    return PriceList({reference: Price(*pair) for reference, pair in stored.items()})


def store_prices(database: Database, prices: Mapping[str, Price]) -> None:
    """Put these prices in the place of all others."""
    values = {reference: [price.input, price.output] for reference, price in prices.items()}
    with database.session() as db:
        store.save_setting(db, _SETTING, values)
