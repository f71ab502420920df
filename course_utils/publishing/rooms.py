"""What a prediction asks, and how much room its answer needs on paper: text as paper.py reads it."""

import re

SENTENCE = re.compile(r"(?<=[.?!]) +(?=[A-Z($*`])")
LISTED = re.compile(r": ([^:?]+)\?$")  # what can be ticked: a, b, or c?
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
        return "[box 70]"
    listed = LISTED.search(ask)
    choices = re.split(r", or |, | or ", listed[1]) if listed else []
    if len(choices) > 1 and max(map(len, choices)) <= 48:
        return "\n".join(f"- [ ] {choice}" for choice in choices)
    if COUNTED.search(ask):
        return "____ because\n\n[lines 1]"
    if YES_OR_NO.match(ask) and " or " not in ask:
        return "- [ ] yes\n- [ ] no\n\n[lines 1]"
    return "[lines 2]"


def letter_asks(text):
    """A prediction with a letter before each of its parts, and room for each of them.

    Parameters
    ----------
    text : str
        Markdown.

    Returns
    -------
    (str, str)
        There are no letters where it asks for one thing only; where it asks for none in so many words, there are lines.
        A table to fill in is room by itself.
    """
    asks = find_asks(text)
    if len(asks) < 2:
        return text, "" if not asks and "| ?" in text else room_for(asks[0]) if asks else "[lines 3]"
    rooms = []
    for letter, ask in zip(LETTERS, asks, strict=False):
        words = r"\s+".join(re.escape(word) for word in ask.split())
        text = re.sub(words, lambda found, letter=letter: f"**{letter}** {found[0]}", text, count=1)
        rooms.append(f"[part {letter}]\n\n{room_for(ask)}")
    return text, "\n\n".join(rooms)
