"""The glossary of the book, and where a page uses one of its terms first."""

import re
from dataclasses import dataclass

ENTRY = re.compile(r"^- (?P<forms>(?:\*\*[^*]+\*\*(?:, )?)+) \((?P<where>.*?)\): (?P<definition>.*)$", re.MULTILINE)
FORM = re.compile(r"\*\*([^*]+)\*\*")


@dataclass(frozen=True)
class Term:
    """A term of the glossary: its forms, what it means (Markdown), and the name of its place on the page."""

    forms: tuple
    definition: str

    @property
    def anchor(self):
        return "term-" + re.sub(r"\W+", "-", self.forms[0].lower()).strip("-")

    @property
    def plain_definition(self):
        """The definition without marks, for a card that pops up."""
        return re.sub(r"[`*]|\$", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", self.definition))


def read_terms(glossary):
    """The terms of a glossary.

    Parameters
    ----------
    glossary : str
        The text of glossary.md.

    Returns
    -------
    list of Term
    """
    return [Term(tuple(FORM.findall(entry["forms"])), entry["definition"]) for entry in ENTRY.finditer(glossary)]


def with_anchors(glossary):
    """The text of the glossary with a place to link to at each term."""

    def anchor(entry):
        term = Term(tuple(FORM.findall(entry["forms"])), "")
        first = f"**{term.forms[0]}**"
        return entry[0].replace(first, f"[{first}]{{#{term.anchor}}}", 1)

    return ENTRY.sub(anchor, glossary)


class TermFinder:
    """Finds the first use of each term in a text that comes piece by piece; an ambiguous term is found nowhere.

    A form with words in parentheses, as in *kernel (of a convolution)*, tells two senses of a word apart, which a
    program cannot.
    """

    def __init__(self, terms):
        self._terms = {}
        for term in terms:
            if "(" not in term.forms[0]:
                self._terms |= {self._key(form): term for form in term.forms}
        longest_first = sorted(self._terms, key=len, reverse=True)  # "batch size" before "batch"
        words = "|".join(re.sub(r"\\?[ -]", r"[\\s-]+", re.escape(key)) for key in longest_first)
        self._pattern = re.compile(rf"(?<![\w-])({words})(?:e?s)?(?![\w-])", re.IGNORECASE)

    @staticmethod
    def _key(words):
        return re.sub(r"[\s-]+", " ", words.lower())

    def find(self, text, seen):
        """Cut a text at the terms in it that were not seen before.

        Parameters
        ----------
        text : str
        seen : set of Term
            Those of this page; what is found is added.

        Yields
        ------
        tuple of (str, Term or None)
            The pieces of the text, in order, and the term that each is.
        """
        start = 0
        for found in self._pattern.finditer(text):
            term = self._terms[self._key(found[1])]
            if term in seen:
                continue
            seen.add(term)
            if found.start() > start:
                yield text[start : found.start()], None
            yield found[0], term
            start = found.end()
        if start < len(text):
            yield text[start:], None
