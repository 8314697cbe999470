"""The screen of Troupe: a Streamlit app, its components, the API and the command line."""
