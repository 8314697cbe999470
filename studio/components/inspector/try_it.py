"""Under a field for an expression: what it can name, and what it gives for a sample."""

import json
from typing import Any

import streamlit as st

from core.organization.expression_scope import sample_variables, scope_fields
from studio.components.inspector.fold import fold
from studio.components.inspector.form import Form
from studio.view_models.design_text import markdown_safe
from studio.view_models.try_expression import TrialKind, field_lines, shown, tried, with_samples

HELP = (
    'CEL, for example `output.score >= 8 && output.category == "refund"`. "Try it" below lists what it can name, '
    "and shows what it gives."
)
TEMPLATE_HELP = "Text with expressions in double braces: `Rate this draft: {{ output.text }}`."


def expression_field(
    form: Form, path: str, label: str, *, kind: TrialKind, name: str = "", **options: Any
) -> None:
    """An expression or template, which can be tried where it stands. `name` tells several folds apart."""
    is_template = kind == "template"
    form.area(
        path,
        label,
        code=not is_template,
        height=options.pop("height", 90 if is_template else 68),
        help=options.pop("help", TEMPLATE_HELP if is_template else HELP),
        **options,
    )
    try_it(form, path, str(form.value(path)), kind, name=name)


def try_it(form: Form, path: str, text: str, kind: TrialKind, *, name: str = "") -> None:
    """Opened, it lists the fields that exist here and evaluates `text` on a sample."""
    fold(
        form,
        f"try_{path}",
        f"Try it{f' · {name}' if name else ''}",
        lambda inside: _trial(inside, path, text, kind),
    )


def _trial(form: Form, path: str, text: str, kind: TrialKind) -> None:
    variables = sample_variables(form.desk.organization, form.owner, path)
    st.markdown("\n".join(f"- :small[{_listed(line)}]" for line in field_lines(scope_fields(variables))))
    others = {each: value for each, value in variables.items() if each != "output"}
    output = _sample(form, f"try_output_{path}", "Sample of output (JSON or text)", shown(variables["output"]))
    rest = _sample(form, f"try_others_{path}", "The other variables (JSON)", json.dumps(others, indent=2))
    if not text.strip():
        st.caption("Nothing is written there yet.")
        return
    trial = tried(kind, text, with_samples(variables, output, rest))
    mark = ":green[:material/check_circle:]" if trial.worked else ":red[:material/error:]"
    st.markdown(f":small[{mark} {markdown_safe(trial.words)}]")
    if trial.worked and kind != "condition":
        st.code(trial.value, language=None, wrap_lines=True)


def _listed(line: str) -> str:
    name, _, sample = line.rpartition("` ")
    return f"{name}` {markdown_safe(sample)}"


def _sample(form: Form, name: str, label: str, first: str) -> str:
    """What a person typed last; another sample from the schemas is another field, so that it is seen."""
    key = f"{form.key(name)}_{abs(hash(first))}_code"
    return st.text_area(label, value=first, key=key, height=120) or ""
