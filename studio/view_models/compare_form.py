"""The variants of a comparison before it is started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.organization.spec import ModelSettingsSpec
from core.records import RevisionRecord, RunRecord
from core.services.comparisons import Variant

FEWEST, MOST = 2, 4


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose for one variant; None leaves it as designed."""

    organization_id: str
    revision_id: str | None = None
    model: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None

    def variant(self, label: str) -> Variant:
        """The variant to start."""
        settings = ModelSettingsSpec(temperature=self.temperature, max_tokens=self.max_tokens)
        changed = settings.model_dump(exclude_none=True)
        return Variant(
            self.organization_id, self.revision_id, self.model, settings if changed else None, label=label
        )


def choice_of(run: RunRecord) -> Choice:
    """The choice that made a run."""
    return Choice(
        run.organization_id,
        run.revision_id,
        run.model,
        run.overrides.get("temperature"),
        run.overrides.get("max_tokens"),
    )


def variant_of(run: RunRecord) -> Variant:
    """The variant that made a run, with every setting that it had."""
    settings = ModelSettingsSpec.model_validate(run.overrides) if run.overrides else None
    return Variant(run.organization_id, run.revision_id, run.model, settings, label=run.variant)


def labels(choices: Sequence[Choice], names: Mapping[str, str], numbers: Mapping[str | None, int]) -> list[str]:
    """What tells the variants apart: `Support · r3 · openai/gpt-5-mini · temperature 0.2`."""
    return [_label(choice, names, numbers) for choice in choices]


def all_equal(choices: Sequence[Choice]) -> bool:
    """Whether every variant is the same, so that only chance can make a difference."""
    return len(set(choices)) == 1


def revision_words(revision: RevisionRecord, *, newest: bool) -> str:
    """`r3, the newest`, `r2 · Shorter instructions`."""
    words = f"r{revision.number}" + (", the newest" if newest else "")
    return f"{words} · {revision.note}" if revision.note else words


def _label(choice: Choice, names: Mapping[str, str], numbers: Mapping[str | None, int]) -> str:
    parts = [names[choice.organization_id], f"r{numbers[choice.revision_id]}"]
    if choice.model:
        parts.append(choice.model)
    if choice.temperature is not None:
        parts.append(f"temperature {choice.temperature:g}")
    if choice.max_tokens is not None:
        parts.append(f"at most {choice.max_tokens:,} tokens")
    return " · ".join(parts)
