"""The guide: an interview that recommends a pattern or a combination, with reasons, alternatives and cautions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import ConfigDict, Field

from core.organization.files import validated
from core.organization.reading import read_document
from core.organization.spec import Spec
from core.patterns.catalogue import FOLDER

Answers = Mapping[str, str]
"""Ids of options by the ids of their questions. What is missing or unknown counts as the first option."""

_DELIVERY = ("latency", "volume", "place")
"""What decides how it is delivered; the first that asks for something wins."""


class GuideSpec(Spec):
    """Base of what the guide is made of."""

    model_config = ConfigDict(extra="forbid")


class Option(GuideSpec):
    """One answer."""

    id: str
    label: str
    pattern: str = ""
    """The id of the pattern that it asks for; empty for none."""
    because: str = ""
    """Why, in a sentence."""


class Question(GuideSpec):
    """One question; its first option holds until another is chosen."""

    id: str
    question: str
    help: str = ""
    options: list[Option] = Field(min_length=2)

    def option(self, answers: Answers) -> Option:
        """What was answered."""
        chosen = answers.get(self.id)
        return next((option for option in self.options if option.id == chosen), self.options[0])


class Example(GuideSpec):
    """A full example of the catalogue, for a recommendation that has all of these parts."""

    pattern: str
    needs: list[str]


class Limits(GuideSpec):
    """What a pattern of integration or deployment asks of every organization."""

    timeout_seconds: float | None = None
    max_turns: int | None = None
    max_tokens: int | None = None


class Alternative(GuideSpec):
    """What to take instead, and when: the end of the sentence “Better, when …”."""

    pattern: str
    when: str


class Caution(GuideSpec):
    """What to think of when these answers come together."""

    when: dict[str, str]
    text: str


class Guide(GuideSpec):
    """The whole interview."""

    questions: list[Question]
    examples: list[Example]
    limits: dict[str, Limits]
    alternatives: dict[str, list[Alternative]]
    cautions: list[Caution]


@dataclass(frozen=True, slots=True)
class Part:
    """A pattern that is recommended, and why."""

    pattern: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the answers lead to. Its first part is the pattern whose organization is the start."""

    parts: Sequence[Part]
    example: str
    """A full example of the catalogue that has all the parts; empty for none."""
    alternatives: Sequence[Alternative]
    cautions: Sequence[str]

    @property
    def main(self) -> str:
        """The id of the first pattern."""
        return self.parts[0].pattern

    @property
    def patterns(self) -> list[str]:
        """The ids of all parts."""
        return [part.pattern for part in self.parts]


@cache
def guide() -> Guide:
    """The interview."""
    path = FOLDER / "guide.yaml"
    return validated(read_document(path.read_text(encoding="utf-8"), source=path.name), Guide)


def recommend(answers: Answers) -> Recommendation:
    """What fits the answers; there is always something."""
    chosen = {question.id: question.option(answers) for question in guide().questions}
    parts = _parts(chosen)
    names = {part.pattern for part in parts}
    example = next((one.pattern for one in guide().examples if names.issuperset(one.needs)), "")
    said = {question: option.id for question, option in chosen.items()}
    return Recommendation(
        parts=parts,
        example=example,
        alternatives=[
            other for other in guide().alternatives.get(parts[0].pattern, []) if other.pattern not in names
        ],
        cautions=[one.text for one in guide().cautions if one.when.items() <= said.items()],
    )


def _parts(chosen: Mapping[str, Option]) -> list[Part]:
    """How the work is organized, who approves, what it fits into, how it is delivered; one pattern of each."""
    delivery = next((chosen[name] for name in _DELIVERY if chosen[name].pattern), None)
    rest = [
        option
        for option in (chosen["approval"], chosen["existing"], delivery)
        if option is not None and option.pattern
    ]
    parts = _shape(chosen["task"], chosen["domains"])
    # A simple task has no shape to speak of: the pattern that it is served or approved by is the start.
    if rest and [part.pattern for part in parts] == [guide().questions[0].options[0].pattern]:
        parts = []
    return [*parts, *(Part(option.pattern, [option.because]) for option in rest)]


def _shape(task: Option, domains: Option) -> list[Part]:
    """The pattern of the task; for a simple one that of its fields. Other tasks have the fields inside."""
    if not domains.pattern:
        return [Part(task.pattern, [task.because])]
    if task.id == "answer":
        return [Part(domains.pattern, [domains.because])]
    if task.pattern == domains.pattern or task.id == "complex":
        return [Part(task.pattern, [task.because, domains.because])]
    return [Part(task.pattern, [task.because]), Part(domains.pattern, [domains.because])]
