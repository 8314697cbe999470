"""What the next agent is given of the conversation."""

from agents.handoffs import HandoffInputData


def last_message(data: HandoffInputData) -> HandoffInputData:
    """Only the last thing that the user said."""
    history = data.input_history
    if isinstance(history, tuple):
        user = [item for item in history if isinstance(item, dict) and item.get("role") == "user"]
        history = tuple(user[-1:])
    return HandoffInputData(
        input_history=history, pre_handoff_items=(), new_items=(), run_context=data.run_context
    )
