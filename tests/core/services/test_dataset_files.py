"""Tables are read from whatever people have; what cannot be read is named with its line."""

import csv
import io
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInputError
from core.services.dataset_files import Survey, Wanted, rows_of, survey
from core.services.dataset_files import reading as files

PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=12)
NAMES = st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=2, max_size=4, unique=True)


def read(data: bytes | str, name: str = "", **wanted: Any) -> tuple[Survey, list[dict[str, Any]]]:
    """What is in it, and all of its rows."""
    source = io.BytesIO(data.encode() if isinstance(data, str) else data)
    found = survey(source, name, Wanted(**wanted))
    return found, list(rows_of(source, found))


@given(st.data(), NAMES, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_a_csv_writer_writes_is_read_again(
    data: st.DataObject, names: list[str], delimiter: str, encoding: str
) -> None:
    """Quotes, line breaks and delimiters inside of cells, in any language."""
    line = st.tuples(*[PLAIN for _ in names]).filter(lambda cells: any(cell.strip() for cell in cells))
    lines = data.draw(st.lists(line, min_size=1, max_size=5))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([names, *lines])

    found, rows = read(text.getvalue().encode(encoding), "table.csv", delimiter=delimiter)

    assert rows == [dict(zip(names, cells, strict=True)) for cells in lines]
    assert (found.columns, found.rows, found.left_out, found.mended) == (names, len(lines), 0, 0)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), PLAIN | st.integers(-9, 9), min_size=1), min_size=1))
def test_json_lines_keep_every_value(objects: list[dict[str, Any]]) -> None:
    found, rows = read(b"\n".join(orjson.dumps(each) for each in objects), "rows.jsonl")

    assert rows == objects
    assert found.columns == list(dict.fromkeys(name for each in objects for name in each))


@given(st.binary(max_size=300), st.sampled_from(["", "a.csv", "a.jsonl", "a.json", "a.txt"]))
def test_any_bytes_are_x(data: bytes, name: str) -> None:
    with suppress(InvalidInputError):
        found, rows = read(data, name)

        assert len(rows) == found.rows > 0
        assert all(set(row) <= set(found.columns) for row in rows)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("id;question\n1;Wo bleibt es?\n", "table, semicolon, UTF-8"),
        ("id;Fräge\n1;über\n".encode("latin-1"), "table, semicolon, Windows-1252"),
        ("id\tquestion\n1\tWhere, oh where?\n", "table, tab, UTF-8"),
        ("id,question\n1,Where is it?\n".encode("utf-16-le"), "table, comma, UTF-16 (little endian)"),
        ("id,question\n1,Where is it?\n".encode("utf-16-be"), "table, comma, UTF-16 (big endian)"),
        ("sep=|\nid|question\n1|Where, or when?\n", "table, bar, UTF-8"),
        ('{"question": "Where?"}\n', "json lines, UTF-8"),
        ('[{"question": "Where?"}]', "json, UTF-8"),
        ("Please refund it, now; it broke.\nWhere is it, please; and when?\n", "lines, UTF-8"),
    ],
)
def test_form_delimiter_and_encoding_are_found(data: bytes | str, words: str) -> None:
    """As it is pasted: without a file name."""
    assert read(data)[0].manner.words == words


def test_a_person_knows_better() -> None:
    _, rows = read("Hello, you\nBye, you\n", form="table", delimiter=",", header=False)

    assert rows == [{"column 1": "Hello", "column 2": " you"}, {"column 1": "Bye", "column 2": " you"}]
    assert read("ä".encode("cp1252"), encoding="latin-1")[1] == [{"input": "ä"}]
    with pytest.raises(InvalidInputError, match="is not UTF-8"):
        read("question\nfür\n".encode("latin-1"), encoding="utf-8-sig")


def test_ragged_rows_are_named_with_their_lines() -> None:
    """A row with too many cells is left out: nobody can know which of them belong where."""
    found, rows = read('id,question\n1,"two\nlines"\n\n2,a,b\n3\n4,x,,\n', "a.csv")

    assert rows == [
        {"id": "1", "question": "two\nlines"},
        {"id": "3", "question": ""},
        {"id": "4", "question": "x"},
    ]
    assert (found.left_out, found.mended, found.empty) == (1, 1, 1)
    assert [(problem.line, problem.left_out) for problem in found.problems] == [(5, True), (6, False)]
    assert "has 3 cells, and there are 2 columns" in found.problems[0].message


def test_broken_json_lines_are_named() -> None:
    found, rows = read('{"a": 1}\n{"a": \n[1]\n"text"\n', "a.jsonl")

    assert rows == [{"a": 1}, {"input": "text"}]
    assert [problem.line for problem in found.problems] == [2, 3]


def test_columns_get_names_that_differ() -> None:
    found, rows = read("name,Name,name,,{x}\n1,2,3,4,5\n", "a.csv")

    assert found.columns == ["name", "Name", "name 2", "column 4", "(x)"]
    assert found.renamed == ["name 2", "column 4", "(x)"]
    assert list(rows[0].values()) == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.csv", "nothing in it"),
        (b"\xef\xbb\xbf \n", "a.csv", "nothing in it"),
        (b"id,question\n", "a.csv", "no rows"),
        (b"id,question\n1,2,3\n", "a.csv", "Line 2 has 3 cells"),
        (b'id,question\n1,x\n2,"never ends\n3,y\n', "a.csv", "from line 3 on"),
        (b"PK\x03\x04rest", "a.xlsx", "Excel"),
        (b"\x00\x01\x02\x03\xff", "a.csv", "no text"),
        (b"{", "a.json", "None of its rows"),
        (b"[1, 2", "a.json", "no valid JSON"),
    ],
)
def test_what_cannot_be_used_is_refused(data: bytes, name: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said) as caught:
        read(data, name)
    assert caught.value.hint


def test_there_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 2)

    assert read("a\nb\n")[0].rows == 2
    with pytest.raises(InvalidInputError, match="more than 2 rows"):
        read("a\nb\nc\n")
    with pytest.raises(InvalidInputError, match="more than 200 columns"):
        read(",".join(f"c{number}" for number in range(201)) + "\n" + "1," * 200 + "1\n", "a.csv")
