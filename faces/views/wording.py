"""How an answer is worded."""


def sentence(text: str) -> str:
    """The text with a full stop at its end: a name may bring its own ("Angie J.")."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
