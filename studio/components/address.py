"""Fields whose values stand in the page's address, so that links and the browser's arrows change them."""

import streamlit as st

_ASKED = "address_asked"


def follow_address(name: str, key: str, options: list[str], *, otherwise: str | None) -> None:
    """Before a field of that key is drawn: give it what the address says under `name`."""
    said = st.query_params.get(name)
    set_field(key, said if said in options else otherwise)


def follow_text(name: str, key: str) -> None:
    """The same for a field of free text."""
    set_field(key, st.query_params.get(name, ""))


def follow_several(name: str, key: str, options: list[str]) -> None:
    """The same for a field of several choices, which stand in the address with commas between them."""
    said = st.query_params.get(name, "").split(",")
    set_field(key, [option for option in options if option in said])


def set_field(key: str, value: object) -> None:
    """Before a field of that key is drawn: give it that value."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def write_address(name: str, key: str, *, usual: str = "", without: str = "") -> None:
    """When the field has changed: say so in the address. An empty value and the usual one are left out; what the
    address says under `without` does not hold any more."""
    value = st.session_state[key]
    text = ",".join(value) if isinstance(value, list) else str(value or "")
    put_into_address(name, "" if text == usual else text, without=without)


def put_into_address(name: str, text: str, *, without: str = "") -> None:
    """The same for what is no field's value."""
    kept = {other: value for other, value in st.query_params.items() if other not in {name, without}}
    # All at once: each change of the address is a step of the browser's back arrow.
    st.query_params.from_dict(kept | ({name: text} if text else {}))


def tell_browser(page: str) -> None:
    """When a page begins: a link to the page that one is on already changes what the page is asked for, but not
    the address that the browser shows, unless it is told."""
    asked = (page, st.query_params.to_dict())
    before = st.session_state.get(_ASKED)
    st.session_state[_ASKED] = asked
    if before is not None and before[0] == page and before != asked:
        # The browser does nothing if it knows.
        st.query_params.from_dict(asked[1])
