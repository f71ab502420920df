"""Name answers that are worth a look: the lesson's solution handed in as it ships, and answers alike but for names.

Two answers are alike if nothing tells them apart once comments, docstrings, annotations, layout and the names that they
bind themselves are out of the way. That proves nothing: many find the same short answer on their own. So what is alike
in a lesson counts only if it has at least SIZE parts together. Values are left out, and so are functions with a bug to
fix, of which the lesson wrote most.
"""

import ast
import itertools
import warnings
from collections import defaultdict

from course_utils.exercises import engine, lessons

# A test measures it: no answer of a single statement in the tests' banks has so many parts, and of all the banks'
# answers, short ones too, no two are alike. Each lesson's solutions together have more, where there is more than one.
SIZE = 40
JUDGED = {"right", "wrong", "error", "out of time or memory"}  # whoever has another status handed in nothing


class _Plain(ast.NodeTransformer):
    """Number the names that some code binds, in order, and drop what Python does not run."""

    def __init__(self, tree):
        self.numbers = {}
        for node in ast.walk(tree):
            if name := _bound(node):
                self.numbers.setdefault(name, f"_{len(self.numbers)}")

    def visit(self, node):
        for field in ("id", "arg", "name", "asname"):
            name = getattr(node, field, None)
            if name in self.numbers and not isinstance(node, ast.keyword):  # that is a name of what is called
                setattr(node, field, self.numbers[name])
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign) and node.value:
            return self.visit(ast.Assign([node.target], node.value, lineno=node.lineno))
        return self.generic_visit(node)


def _bound(node):
    """The name that a node of a syntax tree binds, or None."""
    if isinstance(node, ast.Name):
        return None if isinstance(node.ctx, ast.Load) else node.id
    if isinstance(node, ast.alias):
        return node.asname
    if isinstance(node, (ast.arg, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)):
        return getattr(node, "arg", None) or getattr(node, "name", None)
    return None


def plain_form(source):
    """What is left of an answer without the words that its author chose, and how large it is.

    Parameters
    ----------
    source : str
        Python; names that it does not bind itself, such as ``np``, stay.

    Returns
    -------
    tuple of (str, int)
        The form, equal for answers that are alike, and the number of its parts: nodes of its syntax tree. Empty and 0
        for code that Python cannot read.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # of a backslash in a text
            tree = ast.parse(source)
        functions = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        tree.body = functions or tree.body  # not what somebody printed to try them
        tree = _Plain(tree).visit(tree)
        form = ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "", 0
    return form, sum(not isinstance(node, ast.expr_context) for node in ast.walk(tree))


def find_alike(records):
    """Answers that are worth a look; whether anybody copied is for a person to find out.

    Parameters
    ----------
    records : list of dict
        As grading writes them: ``student``, ``lesson``, and ``rows`` with ``exercise``, ``status`` and ``source``.

    Returns
    -------
    shipped : dict of {str: list of str}
        For each student, the answers that are the lesson's own solution, but for names: ``"loading.mean_digit"``.
    groups : dict of {tuple of str: list of str}
        For two or more students, the answers that they have in common, but for names; those that are in `shipped` are
        left out. Those who have most in common come first, and then the smaller groups.
    """
    shipped, groups, solutions = {}, {}, _solutions()
    lessons_of_all = defaultdict(dict)
    for record in records:
        lessons_of_all[record["lesson"]][record["student"]] = _forms(record, solutions)
    for students in lessons_of_all.values():
        for student, forms in students.items():
            own = {key: forms.pop(key) for key in sorted(forms) if forms[key][0] == solutions[key]}
            if _size(own.values()) >= SIZE:
                shipped.setdefault(student, []).extend(own)
        for several, keys in _groups(students).items():
            groups.setdefault(several, []).extend(keys)
    by_number = sorted(groups.items(), key=lambda group: (-len(group[1]), len(group[0]), group))
    return {student: shipped[student] for student in sorted(shipped)}, dict(by_number)


def _forms(record, solutions):
    """The forms of a record's answers, by exercise, with their sizes."""
    rows = {f"{record['lesson']}.{row['exercise']}": row for row in record["rows"] if row["status"] in JUDGED}
    forms = {key: plain_form(row["source"] or "") for key, row in rows.items() if key in solutions}
    return {key: form for key, form in forms.items() if form[0]}


def _size(forms):
    return sum(size for _, size in forms)


def _groups(students):
    """Who has which answers of a lesson in common: {students: keys}, from each student's forms by key."""
    found, every_key = {}, sorted(set().union(*students.values()))
    subsets = [keys for n in range(1, len(every_key) + 1) for keys in itertools.combinations(every_key, n)]
    for keys in subsets:  # larger ones come later, and replace their own parts
        holders = defaultdict(list)
        for student, forms in students.items():
            if forms.keys() >= set(keys):
                holders[tuple(forms[key] for key in keys)].append(student)
        for forms, several in holders.items():
            if len(several) > 1 and _size(forms) >= SIZE:
                found[tuple(sorted(several))] = keys
    return found


def _solutions():
    """The form of the lesson's solution of each exercise that asks for a whole function."""
    values, forms = (engine.Prediction, engine.Choice), {}
    for exercise in (exercise for several in engine.all_exercises().values() for exercise in several):
        if not isinstance(exercise, values) and not getattr(exercise, "given_function", None):
            forms[exercise.key] = plain_form(lessons.read_solution(exercise.lesson, exercise.name))[0]
    return forms
