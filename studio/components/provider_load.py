"""The fields that say how a provider is called under load."""

import streamlit as st

from core.records import ProviderLoad


def load_fields(load: ProviderLoad, name: str) -> ProviderLoad:
    """Limits, attempts and time-outs, folded away; what they are set to."""
    with st.expander("Under load", icon=":material/speed:", key=f"load_{name}"):
        st.caption(
            "Calls beyond a limit wait for their turn, and the run says so. Several workers divide the limits "
            "among themselves, in equal parts."
        )
        limits = st.columns(3)
        with limits[0]:
            requests = _limit("Requests a minute", load.requests_per_minute, f"requests_{name}")
        with limits[1]:
            tokens = _limit("Tokens a minute", load.tokens_per_minute, f"tokens_{name}")
        with limits[2]:
            at_once = _limit("Calls at the same time", load.calls_at_once, f"at_once_{name}")
        st.caption(
            "A call is tried again when the provider is busy or fails (HTTP 408, 409, 429 and 5xx), when the "
            "network or the answer breaks off, and when an attempt takes too long. A wait that the provider asks "
            "for is honoured."
        )
        again = st.columns(3)
        with again[0]:
            attempts = st.number_input(
                "Attempts",
                min_value=1,
                max_value=10,
                value=load.attempts,
                key=f"attempts_{name}",
                help="How often a model call is tried, the first time included.",
            )
        with again[1]:
            wait = _seconds(
                "Longest wait, s",
                load.longest_wait_seconds,
                f"wait_{name}",
                least=0,
                most=3600,
                help="Between two attempts. When the provider asks for more, the call fails and says so.",
            )
        with again[2]:
            attempt = _seconds(
                "Time-out of an attempt, s",
                load.attempt_seconds,
                f"attempt_{name}",
                least=1,
                most=86_400,
                help="A local server may load its model first. The run has a time limit of its own.",
            )
    return ProviderLoad(
        requests_per_minute=requests,
        tokens_per_minute=tokens,
        calls_at_once=at_once,
        attempts=attempts,
        longest_wait_seconds=wait,
        attempt_seconds=attempt,
    )


def _limit(label: str, value: int | None, key: str) -> int | None:
    # Not as the default of the field: a field that has one cannot be emptied.
    st.session_state.setdefault(key, value)
    return st.number_input(label, min_value=1, value=None, step=1, placeholder="No limit", key=key)


def _seconds(label: str, value: float, key: str, *, least: int, most: int, help: str) -> float:
    return st.number_input(
        label,
        min_value=float(least),
        max_value=float(most),
        value=float(value),
        step=1.0,
        format="%g",
        key=key,
        help=help,
    )
