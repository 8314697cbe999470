"""The canvas: a Streamlit component in which an organization is drawn and edited."""
