"""The glossary: each term is defined in bold in its lesson, and no lesson uses one before."""

import re
from importlib import import_module

import lesson_rules as rules
import pytest

from course_utils.publishing.comments import read_comments
from course_utils.publishing.lessons import NOTEBOOKS, SOURCES, read_source

GLOSSARY = (NOTEBOOKS / "glossary.md").read_text(encoding="utf-8")
# - **term**, **other form** ([lesson 5](05_training.ipynb); Keras: `fit`): What it means.
ENTRY = re.compile(
    r"- ((?:\*\*[^*]+\*\*(?:, )?)+) \(\[lesson (\d+)\]\((\w+)\.ipynb\)(?:; Keras: (?:`[^`]+`(?:, )?)+)?\): .*\."
)
OUTLOOK = "## What this course teaches"  # a section of lesson 00, which may name what is to come
AT_LEAST = 150


def read_glossary(text):
    """{term: (its forms, the lesson that defines it)}.

    A term with words in parentheses, as **kernel (of a convolution)**, has the name of an earlier one, or of a word of
    everyday English: only that it is defined is held.
    """
    found = {}
    for line in text.splitlines():
        if line.startswith("- "):
            entry = ENTRY.fullmatch(line)
            assert entry, f"not in the form of an entry: {line}"
            forms = re.findall(r"\*\*([^*]+)\*\*", entry[1])
            assert int(entry[2]) == int(entry[3][:2]), line
            found[forms[0]] = (forms, entry[3])
    return found


def pattern(forms):
    """What finds a term in a text: any of its forms, in the plural too, in any case, hyphenated or not."""
    words = [re.sub(r"[\s-]", r"[\\s-]+", re.escape(form).replace(r"\ ", " ").replace(r"\-", "-")) for form in forms]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?:e?s)?(?![\w-])", re.IGNORECASE)


def sayings(notebook, name):
    """The paragraphs that a student reads, without code and formulas: the text, questions and hints."""
    outlook, texts = False, []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = read_comments(cell.source)[0]
            outlook = text.startswith(OUTLOOK) if text.startswith("## ") else outlook
            texts += [] if outlook else re.split(r"\n\s*\n", text)
    module = import_module(f"course_utils.exercises.{name[3:]}")
    for question in module.quiz.questions:
        texts += [question.text, *question.choices.values(), *question.replies.values()]
    for exercise in vars(module).values():
        texts += [text for text in getattr(exercise, "hints", []) if isinstance(text, str)]
    return [re.sub(r"```.*?```|\$\$.*?\$\$|\$[^$\n]+\$|`[^`]+`", " ", text, flags=re.DOTALL) for text in texts]


def uses_no_term_too_early(notebook, name, glossary):
    """A term stands in no lesson before the one that defines it, but in a paragraph with a link to that one."""
    wrong, texts = [], sayings(notebook, name)
    known = [pattern(forms) for forms, lesson in glossary.values() if lesson <= name]
    for term, (forms, lesson) in glossary.items():
        if lesson <= name or "(" in term:
            continue
        early = pattern(forms)
        for text in [text for text in texts if early.search(text) and f"({lesson}.ipynb" not in text]:
            for other in known:  # an "activation function", once defined, is no early "activation"
                text = text if other.search(term) else other.sub(" ", text)
            if found := early.search(text):
                around = " ".join(text[max(0, found.start() - 40) : found.end() + 40].split())
                wrong.append(f"{found[0]!r} is defined in {lesson}: ...{around}...")
    return wrong


def defines_its_terms(notebook, name, glossary):
    """Each term of the glossary stands in bold in the lesson that it names."""
    bold = [" ".join(words.split()).lower() for words in re.findall(r"\*\*([^*]+)\*\*", rules.prose(notebook))]
    wrong = []
    for term, (forms, lesson) in glossary.items():
        plain = [re.sub(r" \(.*\)", "", form) for form in forms]
        if lesson == name and not any(pattern(plain).fullmatch(words) for words in bold):
            wrong.append(f"{term!r} is in bold nowhere in {name}")
    return wrong


ENTRIES = read_glossary(GLOSSARY)


def test_the_glossary_has_all_its_terms_in_order():
    names = [term.lower() for term in ENTRIES]
    assert names == sorted(names) and len(names) >= AT_LEAST
    assert {lesson for _, lesson in ENTRIES.values()} <= {source.stem for source in rules.LESSONS}


@pytest.mark.parametrize("source", rules.LESSONS, ids=lambda source: source.stem)
@pytest.mark.parametrize("rule", [uses_no_term_too_early, defines_its_terms], ids=lambda rule: rule.__name__)
def test_lesson_keeps_to_the_glossary(rule, source):
    assert rule(read_source(source), source.stem, ENTRIES) == []


def test_a_term_that_comes_too_early_is_found():
    notebook = read_source(SOURCES / "05_training.py")
    notebook.cells[2].source += "\n\nThis is what ring\nall-reduces are for."
    assert len(uses_no_term_too_early(notebook, "05_training", ENTRIES)) >= 1
    notebook.cells[2].source += " See [lesson 12](12_scaling.ipynb)."
    assert uses_no_term_too_early(notebook, "05_training", ENTRIES) == []


def test_a_part_of_a_known_term_is_no_early_one_and_a_known_part_hides_none():
    notebook = read_source(SOURCES / "06_evaluating.py")
    before = uses_no_term_too_early(notebook, "06_evaluating", ENTRIES)
    notebook.cells[2].source += "\n\nAn activation function is known."
    assert uses_no_term_too_early(notebook, "06_evaluating", ENTRIES) == before
    notebook.cells[2].source += "\n\nBatch normalization is not, though a batch is."
    assert len(uses_no_term_too_early(notebook, "06_evaluating", ENTRIES)) == len(before) + 1


def test_a_term_that_is_not_defined_is_found():
    notebook = read_source(SOURCES / "05_training.py")
    for cell in notebook.cells:
        cell.source = cell.source.replace("**learning rate**", "learning rate")
    assert defines_its_terms(notebook, "05_training", ENTRIES) == ["'learning rate' is in bold nowhere in 05_training"]
