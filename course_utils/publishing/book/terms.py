"""The glossary of the book, and where a page uses one of its terms first."""

import re
from dataclasses import dataclass

ENTRY = re.compile(
    r"^- (?P<forms>(?:\*\*[^*]+\*\*(?:, )?)+) \(\[lesson (?P<lesson>\d+)\](?P<more>.*?)\): (?P<definition>.*)$",
    re.MULTILINE,
)
FORM = re.compile(r"\*\*([^*]+)\*\*")
SENSE = re.compile(r" \(.*\)")  # what tells two senses of a word apart, as in **kernel (of a convolution)**
# Words that mean something else elsewhere (solar cells, Python's classes): explained in the lesson that defines them.
EVERYDAY = {"axis", "cell", "class", "model", "process", "scaling", "tracing", "training set"}


@dataclass(frozen=True)
class Term:
    """A term of the glossary: its forms, what it means (Markdown), and the number of the lesson that defines it."""

    forms: tuple
    definition: str
    lesson: int

    @property
    def anchor(self):
        """The name of its place on the page of the glossary."""
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
    return [_read_term(entry) for entry in ENTRY.finditer(glossary)]


def _read_term(entry):
    return Term(tuple(FORM.findall(entry["forms"])), entry["definition"], int(entry["lesson"]))


def with_anchors(glossary):
    """The text of the glossary with a place to link to at each term."""

    def anchor(entry):
        term = _read_term(entry)
        first = f"**{term.forms[0]}**"
        return entry[0].replace(first, f"[{first}]{{#{term.anchor}}}", 1)

    return ENTRY.sub(anchor, glossary)


class TermFinder:
    """Finds the first use of each term in the text of a page, which comes piece by piece.

    Parameters
    ----------
    terms : list of Term
    lesson : int
        The page's lesson: of two senses of a word, the one that was defined last is meant. A large number if it is no
        lesson's page.
    """

    def __init__(self, terms, lesson):
        self._terms = {}
        for term in sorted(terms, key=lambda term: term.lesson if term.lesson <= lesson else -term.lesson):
            if term.lesson == lesson or SENSE.sub("", term.forms[0]) not in EVERYDAY:
                self._terms |= {self._key(SENSE.sub("", form)): term for form in term.forms}  # a later sense wins
        longest_first = sorted(self._terms, key=len, reverse=True)  # "batch size" before "batch"
        words = [re.sub(r"\\?[ -]", r"[\\s-]+", re.escape(key)) for key in longest_first]
        words = [word if key.isupper() else f"(?i:{word})" for word, key in zip(words, longest_first, strict=True)]
        self._pattern = re.compile(rf"(?<![\w-])({'|'.join(words)})(?:e?s)?(?![\w-])")

    @staticmethod
    def _key(words):
        """What is the same for all ways to write a term; an acronym such as MAC is no common word."""
        words = re.sub(r"[\s-]+", " ", words)
        return words if words.isupper() else words.lower()

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
