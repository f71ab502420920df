"""Write the lessons' quizzes for a learning platform: Moodle's XML, one file a lesson, and one CSV for all others.

The files are in `build/quizzes/`. Each choice carries the reply that the lesson gives to it. The instructor's guide has
the key; in the course's own folder, this command also brings that up to date.
"""

import argparse
import xml.etree.ElementTree as ET
from importlib import import_module

from course_utils.exercises import engine, lessons
from course_utils.exercises.report import with_code
from course_utils.publishing.grading.exports import MARK, cell, csv_text
from course_utils.publishing.tables import GUIDE, write_table
from course_utils.publishing.workspace import IS_CHECKOUT, ROOT

QUIZZES = ROOT / "build" / "quizzes"
CATEGORY = "$course$/top/Convolutional neural networks"  # where Moodle's question bank puts them


def read_quizzes():
    """The quizzes of all lessons, in order: {"01_loading": quiz.Quiz}."""
    modules = {lesson: import_module(f"course_utils.exercises.{lesson}") for lesson in engine.all_exercises()}
    return {f"{module.LESSON:02}_{lesson}": module.quiz for lesson, module in modules.items()}


def moodle_xml(name, quiz):
    """A quiz in the form that MoodleDocs describe as "Moodle XML format".

    Of several right choices, each gives its part of the point, and each wrong one takes as much as it must so that
    marking everything gives nothing.

    Parameters
    ----------
    name : str
        As in ``"01_loading"``.
    quiz : course_utils.exercises.quiz.Quiz

    Returns
    -------
    str
    """
    root = ET.Element("quiz")
    title = lessons.read_title(name[3:]).partition(" ")[2]
    category = ET.SubElement(ET.SubElement(root, "question", type="category"), "category")
    ET.SubElement(category, "text").text = f"{CATEGORY}/{name[:2]} {title}"
    for number, question in enumerate(quiz.questions, start=1):
        element = ET.SubElement(root, "question", type="multichoice")
        _text(element, "name", f"{name}, question {number}")
        _text(element, "questiontext", f"<p>{with_code(question.text)}</p>", format="html")
        single, n_right = len(question.right) == 1, len(question.right)
        options = {
            "defaultgrade": "1",
            "single": str(single).lower(),
            "shuffleanswers": "true",
            "answernumbering": "abc",
        }
        for option, value in options.items():
            ET.SubElement(element, option).text = value
        for letter, choice in question.choices.items():
            wrong = 0 if single else -100 / (len(question.choices) - n_right)
            fraction = 100 / n_right if letter in question.right else wrong
            answer = ET.SubElement(element, "answer", fraction=f"{fraction:.7g}", format="html")
            ET.SubElement(answer, "text").text = with_code(choice)
            _text(answer, "feedback", f"<p>{with_code(question.replies[letter])}</p>", format="html")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _text(parent, tag, text, **attributes):
    ET.SubElement(ET.SubElement(parent, tag, **attributes), "text").text = text


def quizzes_csv(quizzes):
    """All questions in a table: the lesson, the question, its choices, the letters of the right ones, the replies."""
    letters = sorted(set().union(*(question.choices for quiz in quizzes.values() for question in quiz.questions)))
    table = [["lesson", "number", "question", *letters, "right", *(f"reply to {letter}" for letter in letters)]]
    for name, quiz in quizzes.items():
        for number, question in enumerate(quiz.questions, start=1):
            choices, replies = ([part.get(x, "") for x in letters] for part in (question.choices, question.replies))
            table.append([name, number, *map(cell, (question.text, *choices, question.right, *replies))])
    return csv_text(table)


def key_table(quizzes):
    """The letters of the right choices, question by question, as a table in Markdown."""
    length = max(len(quiz.questions) for quiz in quizzes.values())
    lines = [["lesson", *map(str, range(1, length + 1))]]
    for name, quiz in quizzes.items():
        rights = [question.right for question in quiz.questions]
        lines.append([name[:2], *rights, *[""] * (length - len(rights))])
    header, *rows = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([header, "|" + "---|" * (length + 1), *rows])


def write_quizzes(folder):
    """Write all quizzes into a folder; return the paths of what was written."""
    quizzes = read_quizzes()
    texts = {f"{name}.xml": moodle_xml(name, quiz) for name, quiz in quizzes.items()}
    texts["quizzes.csv"] = MARK + quizzes_csv(quizzes)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return [folder / name for name in texts]


def main():
    argparse.ArgumentParser(prog="nox -s quizzes", description=__doc__).parse_args()
    written = write_quizzes(QUIZZES)
    if IS_CHECKOUT:
        write_table(key_table(read_quizzes()), GUIDE, mark="key")
    print(f"written to {QUIZZES.relative_to(ROOT).as_posix()}: {', '.join(path.name for path in written)}")


if __name__ == "__main__":
    main()
