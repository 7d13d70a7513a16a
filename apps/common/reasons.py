"""What counts as a reason that a person gives for an act."""

LONGEST = 255
LENGTHS = range(2, LONGEST + 1)


def is_reason(text: str) -> bool:
    """Whether ``text`` says something that an audit line can keep."""
    return len(text) in LENGTHS and text.isprintable()
