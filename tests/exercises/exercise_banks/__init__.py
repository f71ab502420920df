"""For each exercise a bank of answers: right ones that its check must accept, wrong ones that it must see through.

One module for each lesson, with one Bank for each exercise, under the exercise's name. test_exercises.py beside it runs
all of them; nothing is registered anywhere else.
"""


class Bank:
    """Answers to one exercise.

    For a function: ``@bank.right`` and ``@bank.wrong("what the message must say")`` over functions. For other kinds:
    ``bank.right_value(...)``, ``bank.wrong_value("what the message must say", ...)``. ``bank.equivalent(mutant, why)``
    lists a mutant of the solution that gives the same results as the solution, for whatever is asked.

    ``@bank.reference`` stands in for the lesson's solution, as long as the lesson has none.
    """

    def __init__(self):
        self.rights, self.wrongs, self.equivalents, self.stand_in = {}, {}, {}, None

    def reference(self, function):
        self.stand_in = function
        return function

    def right(self, function):
        self.rights[function.__name__] = function
        return function

    def wrong(self, pattern):
        def add(function):
            self.wrongs[function.__name__] = (pattern, function)
            return function

        return add

    def right_value(self, *values):
        for value in values:
            self.rights[f"value {len(self.rights)}"] = value

    def wrong_value(self, pattern, *values):
        for value in values:
            self.wrongs[f"value {len(self.wrongs)}"] = (pattern, value)

    def equivalent(self, mutant, why):
        self.equivalents[mutant] = why
