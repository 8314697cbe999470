"""Says in plain words what pydantic found wrong with a description, and what is expected instead."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from core.errors import InvalidInputError
from core.organization.base import Spec

Path = tuple[str | int, ...]

_FORMS = {
    r"^[A-Za-z0-9_-]{1,64}$": "Use the letters A to Z, digits, _ and -; at most 64 of them.",
}
SpecT = TypeVar("SpecT", bound=Spec)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, what, and what is expected."""

    path: Path
    message: str
    hint: str


def findings(error: ValidationError, model: type[BaseModel]) -> list[Finding]:
    """What `error` says about data that was to become a `model`, in words."""
    found = [_finding(details, model) for details in error.errors(include_url=False)]
    # A value that fits none of several plain types is reported once for each of them.
    return list({finding.path: finding for finding in reversed(found)}.values())[::-1]


def with_fields(spec: SpecT, **fields: Any) -> SpecT:
    """The same part with other values; InvalidInputError when one of them does not fit its field, or there is no
    such field."""
    known = type(spec).model_fields
    data = {name: getattr(spec, name) for name in known} | (spec.model_extra or {}) | fields
    for name in fields:
        if name not in known:
            raise InvalidInputError(f"There is no field '{name}' here.", hint=_closest(name, list(known)))
    try:
        return type(spec).model_validate(data)
    except ValidationError as error:
        first = findings(error, type(spec))[0]
        raise InvalidInputError(f"{where(first.path)} {first.message}.", hint=first.hint) from error


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """Asks for the known word that `written` is close to; empty when there is none."""
    close = get_close_matches(written, list(known), n=1)
    return f"Did you mean '{close[0]}'?" if close else ""


def where(path: Path, names: Mapping[Path, str] | None = None) -> str:
    """A path for reading: `tools #2 'lookup' › url`. `names` are those of the parts on the way."""
    text = ""
    for count, step in enumerate(path, start=1):
        text += f" #{step + 1}" if isinstance(step, int) else f"{' › ' if text else ''}{step}"
        name = (names or {}).get(path[:count])
        text += f" '{name}'" if name else ""
    return text or "The whole"


def _finding(details: ErrorDetails, model: type[BaseModel]) -> Finding:
    path, owners, annotation_help = _resolve(details["loc"], model)
    context = details.get("ctx", {})
    match details["type"]:
        case "missing":
            return Finding(path, "is missing", _misspelt(details) or annotation_help or f"Add `{path[-1]}:`.")
        case "extra_forbidden":
            known = [name for owner in owners for name in owner.model_fields]
            return Finding(path, "is not a field that is known here", _closest(str(path[-1]), known))
        case "union_tag_not_found":
            return Finding(path, "does not say its `kind`", f"Add `kind:` with one of: {_kinds(owners)}.")
        case "union_tag_invalid":
            kind = context.get("tag", "")
            return Finding((*path, "kind"), f"cannot be '{kind}'", _closest(kind, _kinds(owners).split(", ")))
        case "string_pattern_mismatch":
            message = f"has characters or a form that it cannot have: {_short(details['input'])}"
            return Finding(path, message, annotation_help or _FORMS.get(context["pattern"], message))
        case _:
            expected = details["msg"].removeprefix("Input ").partition(",")[0]
            message = f"{expected}, not {_short(details['input'])}"
            return Finding(path, message, annotation_help or "Write another value there.")


def _resolve(location: tuple[int | str, ...], model: type[BaseModel]) -> tuple[Path, list[type[BaseModel]], str]:
    """The path without the tags of unions, the models that could stand at its end, and what its field is for."""
    path: list[str | int] = []
    owners: list[type[BaseModel]] = [model]
    description = ""
    for number, step in enumerate(location):
        if isinstance(step, int):
            path.append(step)
            continue
        tagged = [owner for owner in owners if _tag(owner) == step]
        if tagged and len(owners) > 1:
            owners = tagged
            continue
        path.append(step)
        fields = [owner.model_fields[step] for owner in owners if step in owner.model_fields]
        if fields:
            owners = [found for field in fields for found in _models(field.annotation)]
            description = _sentence(fields[0].description)
            if not owners and len(_plain_types(fields[0].annotation)) > 1:
                break  # what follows is one of these types
        elif number < len(location) - 1:
            owners = []
    return tuple(path), owners, description


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside an annotation such as `list[A | B] | None`."""
    if get_origin(annotation) is Annotated:
        yield from _models(get_args(annotation)[0])
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for part in get_args(annotation):
            yield from _models(part)


def _plain_types(annotation: Any) -> list[Any]:
    return [part for part in get_args(annotation) if part in (str, int, float, bool)]


def _tag(model: type[BaseModel]) -> str | None:
    return model.model_fields["kind"].default if "kind" in model.model_fields else None


def _kinds(owners: list[type[BaseModel]]) -> str:
    return ", ".join(str(_tag(owner)) for owner in owners)


def _misspelt(details: ErrorDetails) -> str:
    """Asks whether a field that is there was meant to be the one that is missing."""
    given = details["input"]
    close = get_close_matches(str(details["loc"][-1]), [str(key) for key in given], n=1) if given else []
    return f"Is '{close[0]}' meant to be '{details['loc'][-1]}'?" if close else ""


def _closest(wanted: str, known: list[str]) -> str:
    return did_you_mean(wanted, known) or f"Known: {', '.join(known)}."


def _sentence(description: str | None) -> str:
    return " ".join((description or "").split())


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
