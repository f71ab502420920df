"""Quizzes: questions with choices, each choice with the reply that it gets. Plain text, no script."""

import dataclasses
import sys

from course_utils.exercises import marks, report
from course_utils.language import say, say_number


class Question:
    """A question with its choices.

    Parameters
    ----------
    text : str
    right : str
        The letter of the right choice, or the letters of all that are right, as ``"bd"``.
    **choices : (str, str)
        By its letter, from a on: what the choice says, and the reply to whoever takes it.
    """

    def __init__(self, text, *, right, **choices):
        self.text, self.right = text, right
        self.choices = {letter: choice for letter, (choice, _) in choices.items()}
        self.replies = {letter: reply for letter, (_, reply) in choices.items()}

    def letters(self, answer):
        """The letters of choices in an answer, in order; none if it has others."""
        found = {letter for letter in answer.lower() if letter.isalnum()} if isinstance(answer, str) else set()
        return sorted(found) if found <= set(self.choices) else []

    def reply(self, answer):
        """The status of an answer, as report.Message has it, and the sentence that it gets."""
        letters = self.letters(answer)
        if not letters:
            if len(self.right) > 1:
                return "wrong", say('Answer with the letters of all right choices together, as in `"xy"`.')
            letters = ", ".join(self.choices)
            return "wrong", say("Answer with one of the letters {letters}, in quotes.", letters=letters)
        if len(self.right) == 1 < len(letters):
            return "wrong", say("Choose one letter only.")
        if letters == sorted(self.right):
            return "right", " ".join(say(self.replies[letter]) for letter in letters)
        wrong = [letter for letter in letters if letter not in self.right]
        if wrong:
            return "wrong", say(self.replies[wrong[0]])
        part = say(" and ").join(letters)
        found = say_number("Part of it: {part} is right", "Part of it: {part} are right", len(letters), part=part)
        return "wrong", found + say(', and at least one more is. Put all the letters together, as in `"xy"`.')


class Quiz:
    """Some questions, shown at once by `show()`, and answered one by one: `answer(2, "b")`."""

    def __init__(self, *questions):
        self.questions = questions

    def show(self):
        """Show all questions with their choices."""
        report.show(self)

    def answer(self, number, letter=...):
        """Say whether a choice is right, and why; questions count from 1."""
        if type(number) is not int or number not in range(1, len(self.questions) + 1):
            sentence = say('The questions are 1 to {last}: `answer(1, "a")`.', last=len(self.questions))
            sentence += say(" Write the number without quotes.") * isinstance(number, str)
            message = report.Message("wrong", "", sentence)
        elif letter is ...:
            message = report.Message("not attempted", self._title(number), say("Answer with a letter in quotes."))
        else:
            message = self._keep(report.Message(*self.judge(number, letter)), number, letter)
        report.show(message)

    def _keep(self, message, number, letter):
        """The message; the answer is kept, the first and the last one to each question."""
        package = __package__ + "."
        lessons = [
            name
            for name, module in sys.modules.items()
            if name.startswith(package) and vars(module).get("quiz") is self
        ]
        question = self.questions[number - 1]
        if lessons and question.letters(letter):
            said = marks.add_answer(f"{lessons[0].removeprefix(package)}.{number}", "".join(question.letters(letter)))
            return dataclasses.replace(message, details=(("mark", said),) if said else ())
        return message

    def judge(self, number, letter):
        status, sentence = self.questions[number - 1].reply(letter)
        return status, f"{self._title(number)}, {letter}", sentence

    def _title(self, number):
        return say("question {number}", number=number)

    def text(self):
        """All questions as plain text."""
        lines = []
        for number, question in enumerate(self.questions, start=1):
            lines.append(f"{number}. {say(question.text)}")
            lines += [f"   {letter}) {say(choice)}" for letter, choice in question.choices.items()]
        return "\n".join(lines)

    def html(self):
        """All questions as a list of lists."""
        parts = ["<ol>"]
        for question in self.questions:
            choices = "".join(f"<li>{report.with_code(say(choice))}</li>" for choice in question.choices.values())
            inner = f'<ol type="a" style="list-style-type: lower-alpha; margin-bottom: 0.8em">{choices}</ol>'
            parts.append(f"<li>{report.with_code(say(question.text))}{inner}</li>")
        return "".join([*parts, "</ol>"])
