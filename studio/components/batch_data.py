"""Where the rows of a new batch come from: a file, a pasted table, a saved dataset, or samples."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, get_args

import streamlit as st

from core.services.dataset_files import Form, Survey, Wanted
from core.services.datasets import as_source
from studio.components.errors import errors_shown
from studio.components.notices import notify
from studio.context import core
from studio.view_models.batch_data import DELIMITERS, ENCODINGS, FORMS, dataset_words, survey_words
from studio.view_models.distinct import distinct

KINDS = {
    "file": ":material/upload_file: File",
    "paste": ":material/content_paste: Paste",
    "saved": ":material/table: Saved dataset",
    "samples": ":material/lightbulb: Samples",
}
SHOWN_PROBLEMS = 5
LONGEST_PASTE = 2_000_000
ENDINGS = ["csv", "tsv", "tab", "jsonl", "ndjson", "json", "txt"]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that were chosen; `keep` gives the id of the dataset that they are."""

    name: str
    columns: list[str]
    count: int
    first: list[dict[str, Any]]
    keep: Callable[[], str]


def choose_rows(organization_id: str) -> Rows | None:
    """Fields for the rows, and what is in them; None until there are any."""
    if "batch_kind" not in st.session_state:
        st.session_state["batch_kind"] = "saved" if "dataset" in st.query_params else "file"
    kind = st.segmented_control(
        "Rows", list(KINDS), format_func=KINDS.__getitem__, required=True, key="batch_kind"
    )
    match kind:
        case "paste":
            return _pasted()
        case "saved":
            return _saved()
        case "samples":
            return _samples(organization_id)
        case _:
            return _uploaded()


def _uploaded() -> Rows | None:
    file = st.file_uploader(
        "CSV, JSON lines, or a text with an input a line",
        type=ENDINGS,
        key="batch_file",
        help="Any delimiter; UTF-8, UTF-16 or Windows-1252. Up to 100,000 rows.",
    )
    if file is None:
        return None
    return _read(file, name=file.name, mark=file.file_id)


def _pasted() -> Rows | None:
    text = st.text_area(
        "A table with names of columns in its first line, JSON lines, or an input a line",
        key="batch_text",
        height=160,
        max_chars=LONGEST_PASTE,
        placeholder="question\tcustomer\nWhere is my order A1003?\tAda",
    )
    if not (text or "").strip():
        return None
    with errors_shown():
        return _read(as_source(text), name="", mark=str(hash(text)))
    return None


def _read(source: BinaryIO, *, name: str, mark: str) -> Rows | None:
    """What is in a file, read as a person wants it."""
    manner = st.expander("How it is read", icon=":material/tune:", key="batch_manner")
    with manner:
        wanted = _choose_manner()
    with errors_shown():
        found = _survey(source, name, mark, wanted)
        _show_survey(found)
        title = name or "Pasted rows"

        def keep() -> str:
            return core().datasets.add(source, found, name=title).id

        return Rows(title, found.columns, found.rows, found.sample, keep)
    return None


def _survey(source: BinaryIO, name: str, mark: str, wanted: Wanted) -> Survey:
    """Large files are not looked through again each time that the page is drawn."""
    known: tuple[object, Survey] | None = st.session_state.get("batch_survey")
    if known is not None and known[0] == (mark, wanted):
        return known[1]
    with st.spinner("Reading…"):
        found = core().datasets.look_through(source, name=name, wanted=wanted)
    st.session_state["batch_survey"] = ((mark, wanted), found)
    return found


def _choose_manner() -> Wanted:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        form = st.selectbox("Form", [None, *get_args(Form)], format_func=FORMS.__getitem__, key="batch_form")
        delimiter = st.selectbox(
            "Delimiter", list(DELIMITERS), format_func=DELIMITERS.__getitem__, key="batch_delimiter"
        )
        encoding = st.selectbox(
            "Encoding", list(ENCODINGS), format_func=ENCODINGS.__getitem__, key="batch_encoding"
        )
        header = st.toggle("First line has the names", value=True, key="batch_header")
    return Wanted(form=form, delimiter=delimiter, encoding=encoding, header=header)


def _show_survey(found: Survey) -> None:
    st.caption(survey_words(found))
    if found.renamed:
        st.caption(f":material/info: Columns with names of their own here: {', '.join(found.renamed)}.")
    if not found.problems:
        return
    lines = [f"Line {each.line} {each.message}." for each in found.problems]
    more = found.left_out + found.mended - len(lines)
    text = "\n\n".join(
        [*lines[:5], *([f"… and {more + len(lines) - 5:,} more."] if more + len(lines) > 5 else [])]
    )
    if found.left_out:
        noun = "row is" if found.left_out == 1 else "rows are"
        st.warning(f"**{found.left_out:,} {noun} left out.**\n\n{text}", icon=":material/warning:")
    else:
        st.info(text, icon=":material/info:")


def _saved() -> Rows | None:
    datasets = {dataset.id: dataset for dataset in core().datasets.all()}
    if not datasets:
        st.caption("None yet: files and pasted rows are kept as datasets when a batch begins.")
        return None
    wanted = st.query_params.get("dataset")
    if wanted in datasets and "batch_dataset" not in st.session_state:
        st.session_state["batch_dataset"] = wanted
    words = distinct({key: dataset_words(dataset) for key, dataset in datasets.items()})
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox("Dataset", list(datasets), format_func=words.__getitem__, key="batch_dataset")
        with st.popover("Delete", icon=":material/delete:", key="batch_dataset_delete"):
            st.markdown("The dataset is deleted for good. Results of batches are not touched.")
            if st.button("Delete the dataset", key="batch_dataset_gone", type="primary"):
                _delete(chosen)
    dataset = datasets[chosen]
    return Rows(
        dataset.name, dataset.columns, dataset.rows, core().datasets.first_rows(chosen), lambda: dataset.id
    )


def _delete(dataset_id: str) -> None:
    with errors_shown():
        core().datasets.delete(dataset_id)
        notify("The dataset is deleted.")
        st.session_state.pop("batch_dataset", None)
        st.rerun()


def _samples(organization_id: str) -> Rows | None:
    draft = core().organizations.draft(organization_id)
    rows: list[dict[str, Any]] = [{"input": sample} for sample in draft.spec.samples]
    if not rows:
        st.caption("This organization has no sample inputs. Add some on the Design page.")
        return None
    name = f"Samples of {draft.spec.name}"

    def keep() -> str:
        return core().datasets.add_rows(rows, columns=["input"], name=name).id

    return Rows(name, ["input"], len(rows), rows, keep)
