"""Bring a translation's catalogs up to date with the course, and say what of them is behind it.

Each lesson has a gettext catalog, course_utils/locale/LANGUAGE/LC_MESSAGES/NN_topic.po: the paragraphs of its text,
slides and notes, its exercises and quiz, its pictures. `course.po` has what all lessons share. New entries are empty;
one whose English text has changed keeps its translation, is marked fuzzy, and shows the text that it was made for. Any
editor of such files will do, such as Poedit or a plain one.
"""

import argparse
import functools
import importlib
import inspect
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.messages import Catalog, extract, pofile

from course_utils import language
from course_utils.exercises.engine import Exercise
from course_utils.publishing.lessons import SOURCES, parse_lessons, read_source
from course_utils.publishing.paragraphs import messages

PACKAGE = Path(__file__).parents[1]
SHARED = "course"
KEYWORDS = {"say": None, "to_say": None, "say_number": (1, 2)}
DECLARED = ("shows", "hints", "replies", "mistakes", "unlike", "instead", "words", "errors")  # of an exercise
HEADER = """# {name}: {domain}
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


class Entry(NamedTuple):
    """A text to translate; a tuple of two where it depends on a number."""

    text: str | tuple
    file: str  # relative to the course's folder
    place: str  # for whoever looks for it: a cell, a line, an exercise
    comment: str = ""  # for whoever translates it


def catalog_path(name, domain):
    """Where a language's catalog lies, of a lesson such as ``"01_loading"`` or of what they share, ``"course"``."""
    return language.LOCALE / name / "LC_MESSAGES" / f"{domain}.po"


@functools.cache
def entries(domain):
    """What there is to translate for a lesson, or for what the lessons share, in its order, each text once.

    Parameters
    ----------
    domain : str
        As in ``"01_loading"``, or ``"course"``.

    Returns
    -------
    list of Entry
    """
    of_lessons = [own for source in SOURCES.glob("[0-9]*.py") for own in _modules(source.stem[3:])]
    if domain == SHARED:
        found = [entry for path in sorted(PACKAGE.rglob("*.py")) if path not in of_lessons for entry in _marked(path)]
        found += [entry for path in sorted(PACKAGE.rglob("*.j2")) for entry in _marked(path)]
        known = set()
    else:
        own = [entry for path in _modules(domain[3:]) for entry in _marked(path)]
        found = [*_paragraphs(SOURCES / f"{domain}.py"), *_declared(domain[3:]), *own]
        known = {entry.text for entry in entries(SHARED)}
    return list({entry.text: entry for entry in reversed(found) if entry.text not in known}.values())[::-1]


def _modules(topic):
    return [PACKAGE / part / f"{topic}.py" for part in ("exercises", "figures")]


def _relative(path):
    return path.relative_to(PACKAGE.parent).as_posix()


def _paragraphs(source):
    cells = enumerate(read_source(source).cells, start=1)
    return [
        Entry(text, _relative(source), f"cell {number}{', ' * bool(kind)}{kind}", kind)
        for number, cell in cells
        if cell.cell_type == "markdown"
        for text, kind in messages(cell.source)
    ]


def _marked(path):
    """What a module or a template says with `say`."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if path.suffix == ".py" and "course_utils.language import" not in text:  # say, if it has one, is another function
        return []
    method = "jinja2.ext:babel_extract" if path.suffix == ".j2" else "python"
    with open(path, "rb") as file:
        found = list(extract.extract(method, file, KEYWORDS, options={"encoding": "utf-8"}))
    return [Entry(text, _relative(path), f"line {line}") for line, text, *_ in found if text]


def _declared(topic):
    """What a lesson's exercises and its quiz say, from the objects themselves."""
    if not find_spec(f"course_utils.exercises.{topic}"):
        return []
    module = importlib.import_module(f"course_utils.exercises.{topic}")
    file, found = _relative(Path(inspect.getfile(module))), []
    for name, exercise in vars(module).items():
        if isinstance(exercise, Exercise):
            texts = [text for part in DECLARED for text in _texts(vars(exercise).get(part))]
            texts += list(getattr(exercise, "cases", {}))
            found += [Entry(text, file, name, f"exercise {name}") for text in texts]
    for number, question in enumerate(module.quiz.questions, start=1):
        for letter, choice in [("", question.text), *question.choices.items()]:
            found.append(Entry(choice, file, f"question {number}", f"question {number} {letter}".strip()))
            if letter:
                right = "right" if letter in question.right else "wrong"
                found.append(Entry(question.replies[letter], file, f"question {number}", f"reply to {letter}, {right}"))
    return found


def _texts(value):
    """The texts in what an exercise has declared: a text, a list of them, a dictionary's values, or mistakes."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [part[0] if isinstance(part, tuple) else part for part in value]
    return [value] if isinstance(value, str) and value else []


def read_catalog(name, domain):
    """A language's catalog, a babel Catalog; an empty one if there is none yet."""
    path = catalog_path(name, domain)
    if not path.is_file():
        return Catalog(locale=name)
    with open(path, "rb") as file:
        return pofile.read_po(file, locale=name)


def update(name, domain):
    """Write a catalog with what there is to translate now; what was translated is kept, or marked fuzzy."""
    template = Catalog(locale=name)
    for entry in entries(domain):
        template.add(entry.text, locations=[(entry.file, None)], auto_comments=filter(None, [entry.comment]))
    catalog, path = read_catalog(name, domain), catalog_path(name, domain)
    catalog.update(template)
    path.parent.mkdir(parents=True, exist_ok=True)
    header = HEADER.format(
        name=Locale.parse(name).english_name, domain=domain, language=name, plurals=catalog.plural_forms
    )
    with open(path, "wb") as file:
        file.write(header.encode())
        pofile.write_po(
            file,
            catalog,
            width=110,
            omit_header=True,
            ignore_obsolete=True,
            include_previous=True,
            include_lineno=False,
        )


def behind(name, domain):
    """What of a translation does not stand for the course as it is: a sentence each, none if nothing.

    Parameters
    ----------
    name : str
        Of the language.
    domain : str

    Returns
    -------
    list of str
    """
    catalog, wanted, found = read_catalog(name, domain), entries(domain), []
    for entry in wanted:
        message, text = catalog.get(entry.text), entry.text if isinstance(entry.text, str) else entry.text[0]
        if message is None or not all([message.string] if isinstance(message.string, str) else message.string):
            found.append(f"{entry.file}, {entry.place}: not translated: {_short(text)}")
        elif message.fuzzy:
            found.append(f"{entry.file}, {entry.place}: has changed: {_short(text)}")
    known = {entry.text if isinstance(entry.text, str) else entry.text[0] for entry in wanted}
    ids = [message.id if isinstance(message.id, str) else message.id[0] for message in catalog if message.id]
    return found + [f"{domain}.po: no longer in the course: {_short(text)}" for text in ids if text not in known]


def _short(text):
    text = " ".join(text.split())
    return text if len(text) <= 70 else f"{text[:70]} ..."


def main():
    parser = argparse.ArgumentParser(prog="nox -s translate --", description=__doc__.partition("\n")[0])
    parser.add_argument("into", metavar="language", help="as in de, fr or pt_BR")
    options, sources = parse_lessons(parser, SOURCES.glob("[0-9]*.py"))
    try:
        Locale.parse(options.into)
    except (UnknownLocaleError, ValueError) as error:
        parser.error(f"expected a language such as de, fr or pt_BR, got {options.into!r} ({error})")
    begun = language.translated_lessons(options.into)
    lessons = [source.stem for source in sources if options.lessons or source.stem in begun]
    for domain in [SHARED, *lessons]:
        update(options.into, domain)
        late, n = behind(options.into, domain), len(entries(domain))
        print(*late, sep="\n", end="\n" * bool(late))
        path = _relative(catalog_path(options.into, domain))
        print(f"{path}: {n - len(late)} of {n} texts are translated")


if __name__ == "__main__":
    main()
