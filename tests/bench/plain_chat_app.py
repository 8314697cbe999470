"""What the studio's start is compared with: a chat as Streamlit's own guide writes it."""

import streamlit as st

st.title("Chat")
messages: list[dict[str, str]] = st.session_state.setdefault("messages", [])
for message in messages:
    st.chat_message(message["role"]).write(message["content"])
if text := st.chat_input("Message"):
    messages += [{"role": "user", "content": text}, {"role": "assistant", "content": f"You said: {text}"}]
    st.rerun()
