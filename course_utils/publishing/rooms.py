"""What a prediction asks, and how much room its answer needs on paper: text as paper.py reads it."""

import re

SENTENCE = re.compile(r"(?<=[.?!]) +(?=[A-Z($*`])")
LISTED = re.compile(r": ([^:?]+)\?$")  # what can be ticked: a, b, or c?
ANOTHER = re.compile(r"(and |which|what|where|when|how|who|will|does|is)\b", re.IGNORECASE)  # no choice, a question
COUNTED = re.compile(
    r"\b(how (many|much|often|long|sure|large|small|low|far)|(what|which) (number|size|shape|percentage|share|"
    r"accuracy|probability)|by what factor)\b",
    re.IGNORECASE,
)
YES_OR_NO = re.compile(r"(and |but |, )*(is|are|do|does|did|will|can|has|have|would|must)\b", re.IGNORECASE)
SKETCH = re.compile(r"(^|, )(sketch|draw)\b", re.IGNORECASE)
TOLD = re.compile(r"\bwrite (down )?(what|how|which|the|one|a|your|it)\b|^(put|order) them\b", re.IGNORECASE)
LETTERS = "abcdefgh"


def find_asks(text):
    """The sentences of a prediction that want an answer: a question, or *sketch*, *write down*, *order them*.

    Parameters
    ----------
    text : str
        Markdown. What stands in parentheses as a paragraph of its own, in a table or in a block of code asks nothing.

    Returns
    -------
    list of str
    """
    blocks = [block for block in text.split("\n\n") if not block.lstrip().startswith(("(", "|", "```"))]
    sentences = SENTENCE.split(" ".join(" ".join(blocks).split()))
    return [each for each in sentences if each.endswith("?") or SKETCH.search(each) or TOLD.search(each)]


def room_for(ask):
    """Room for one answer: a box to sketch in, choices to tick, a number, yes or no, or else two lines."""
    if SKETCH.search(ask):
        return "here:\n\n[box 65]"
    listed = LISTED.search(ask)
    choices = re.split(r", or |, | or ", listed[1]) if listed else []
    if len(choices) > 1 and max(map(len, choices)) <= 48 and not any(map(ANOTHER.match, choices)):
        return " ".join(f"[ ] {choice}" for choice in choices)
    if COUNTED.search(ask):
        return "____ because ...."
    if YES_OR_NO.match(ask) and " or " not in ask:
        return "[ ] yes [ ] no, because ...."
    return "....\n\n[lines 1]"


def letter_asks(text):
    """A prediction with a letter before each of its parts, and room for each of them.

    Parameters
    ----------
    text : str
        Markdown.

    Returns
    -------
    (str, str)
        There are no letters where it asks for one thing only. Where it asks for none in so many words, there are lines,
        unless it has a table to fill in, which is room by itself.
    """
    asks = find_asks(text)
    if not asks:
        return text, "" if "| ?" in text else "[lines 3]"
    if len(asks) == 1:
        return text, room_for(asks[0]).removeprefix("here:\n\n")
    rooms = []
    for letter, ask in zip(LETTERS, asks, strict=False):
        words = r"\s+".join(re.escape(word) for word in ask.split())
        text = re.sub(words, lambda found, letter=letter: f"**{letter}** {found[0]}", text, count=1)
        rooms.append(f"**{letter}** {room_for(ask)}")
    return text, "\n\n".join(rooms)
