"""Take an answer out of a notebook, with what it needs: a program for the process in which it runs.

From the notebook come the cell that defines the exercise's name, and of the other cells only what the answer refers to:
functions, classes, imports, plain values. Never a check, a loop or any other statement of theirs. Everything else that
the answer refers to comes from the lesson as it is stored, so it runs in the course's own setup, whatever was changed.
"""

import ast
import builtins
import functools
import itertools
import json
import re
import symtable
import textwrap
from dataclasses import dataclass, field

from course_utils.exercises import engine
from course_utils.exercises.lessons import LESSONS
from course_utils.exercises.marks import RENAMED
from course_utils.publishing.cells import (
    bound_names,
    digest,
    find_around,
    find_definitions,
    is_bare_stub,
    without_checks,
)

NOT_LESSON = {"exercise", "check", "solution", "quiz", "bounds"}
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
TIMERS = {"time", "timeit", "capture", "prun"}  # cell magics of IPython below which there is Python
KERAS = {"keras", "tensorflow"}
KERAS |= {f"course_utils.{name}" for name in ("networks", "inspection", "costs", "training", "pytorch")}


@dataclass
class Cell:
    """A cell as the functions of publishing/cells.py read it."""

    source: str
    tags: list = field(default_factory=list)
    cell_type: str = "code"

    @property
    def metadata(self):
        return {"tags": self.tags}


@dataclass(frozen=True)
class Answer:
    """What was found for an exercise: a program, or why there is none."""

    status: str  # "to judge", or a status of a row
    sentence: str = ""
    source: str = ""
    parts: tuple = ()
    imports: tuple = ()
    needs_keras: bool = False
    needs_torch: bool = False


# ---- code


def as_python(source):
    """The source of a cell as Python: without magics and shell commands, which only IPython understands."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if _parse(source) is not None:
        return source
    lines = textwrap.dedent(source).split("\n")
    first = next((line for line in lines if line.strip()), "")
    if magic := re.match(r"%%(\w+)", first):
        if magic[1] not in TIMERS:
            return ""
        lines[lines.index(first)] = ""
    lines = [re.sub(r"^(\s*)(?:[%!].*|(?:\w+\s*=\s*)[%!].*|\?.*|[\w.]+\?{1,2}\s*)$", r"\1pass", line) for line in lines]
    changed = "\n".join(lines)
    return changed if _parse(changed) is not None else source


def _parse(source):
    """The statements of a cell; None if it is not Python."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _used(statement):
    """The names that a statement refers to and that are not its own, as the variables of a function are."""
    try:
        todo, found = [symtable.symtable(ast.unparse(statement), "<statement>", "exec")], set()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    while todo:
        table = todo.pop()
        is_top = table.get_type() == "module"
        found |= {one.get_name() for one in table.get_symbols() if one.is_referenced() and (is_top or one.is_global())}
        todo += table.get_children()
    return found


def _is_plain(statement):
    """Whether a statement gives names to plain values, or to a small function."""
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
        return False
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return isinstance(statement.value, ast.Lambda)
    return True


class Code:
    """Cells as statements, and which of them bind a name: {name: [(place of a cell, number of a statement), ...]}."""

    def __init__(self, sources):
        self.sources = dict(sources)
        self.statements = {place: _parse(source) or [] for place, source in self.sources.items()}
        self.binding = {}
        for place, statements in self.statements.items():
            for number, statement in enumerate(statements):
                for name in bound_names(statement):
                    self.binding.setdefault(name, []).append((place, number))

    def at(self, where):
        return self.statements[where[0]][where[1]]

    def has(self, statement):
        """Whether a statement stands here too, in the same words."""
        names = bound_names(statement)
        places = {where for name in names for where in self.binding.get(name, [])}
        return any(ast.dump(self.at(where)) == ast.dump(statement) for where in places)

    def segment(self, where):
        """The text of a statement, with its decorators."""
        statement = self.at(where)
        first = min([statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", []))])
        return "\n".join(self.sources[where[0]].split("\n")[first - 1 : statement.end_lineno])


@functools.cache
def read_lesson(lesson):
    """A stored lesson: its own code, where each exercise stands in it, and the digests of the stubs."""
    path = next(iter(LESSONS.glob(f"[0-9][0-9]_{lesson}.ipynb")), None)
    if path is None:
        raise FileNotFoundError(
            f"expected the lesson {lesson} in {LESSONS.name}/, found none; install the course again"
        )
    content = json.loads(path.read_text(encoding="utf-8"))
    cells = [
        Cell("".join(cell["source"]), cell["metadata"].get("tags", []), cell["cell_type"]) for cell in content["cells"]
    ]
    code = Code(
        (place, as_python(cell.source))
        for place, cell in enumerate(cells)
        if cell.cell_type == "code" and not NOT_LESSON & set(cell.tags)
    )
    checks = {}
    for place, (cell, after) in enumerate(itertools.pairwise(cells)):
        if "check" in after.tags and (found := re.match(r"exercise\.(\w+)\.check\(", after.source)):
            checks[found[1]] = place, digest(cell.source)
    return code, checks


# ---- an answer


def find(lesson, name, cells):
    """What a notebook has for an exercise.

    Parameters
    ----------
    lesson, name : str
        As in ``"loading"`` and ``"class_shares"``.
    cells : list of Cell
        Of the notebook, in order.

    Returns
    -------
    Answer
    """
    for old, new in RENAMED.items():
        if new == name and find_definitions(cells, old) and not find_definitions(cells, new):
            cells = [Cell(re.sub(rf"\b{old}\b", new, cell.source), cell.tags, cell.cell_type) for cell in cells]
    cells = [Cell(as_python(cell.source), cell.tags, cell.cell_type) for cell in cells]
    place = _choose(cells, name, read_lesson(lesson)[1][name][1])
    if place is None:
        return _nothing(lesson, name, cells)
    source = without_checks(cells[place].source)
    if is_bare_stub(source.strip()):
        return Answer("not attempted", source=source.strip())
    return _program(lesson, name, cells, place)


def _choose(cells, name, stub):
    """The place of the cell that holds the answer: a tagged one, or the last before the check, or the last at all."""
    places = find_definitions(cells, name)
    check = next((n for n, cell in enumerate(cells) if f"exercise.{name}.check(" in cell.source), len(cells))

    def preference(place):
        cell = cells[place]
        source = without_checks(cell.source).strip()
        is_untouched = is_bare_stub(source) or digest(source) == stub
        return not is_untouched, "exercise" in cell.tags, place <= check, place

    return max(places, key=preference, default=None)


def _nothing(lesson, name, cells):
    """What to say where no cell defines the name: that there is nothing, or that something else is at its place."""
    names = {exercise.name for exercise in engine.all_exercises()[lesson]}
    for cell, after in itertools.pairwise(cells):
        is_at_its_place = f"exercise.{name}.check(" in after.source and "exercise" in cell.tags and cell.source.strip()
        if is_at_its_place and not any(find_definitions([cell], other) for other in names):
            what = "does not define" if cell.cell_type == "code" else "is no code, so it does not define"
            return Answer("error", f"Its cell {what} `{name}`.", source=cell.source.strip())
    return Answer("missing", f"No cell defines `{name}`.")


def _program(lesson, name, cells, main):
    """The statements to execute: those of the lesson, then those of other cells, then the answer's own cell."""
    theirs, exercises = read_lesson(lesson)
    own = Code(
        (place, cell.source)
        for place, cell in enumerate(cells)
        if cell.cell_type == "code" and not {"solution", "quiz"} & set(cell.tags)
    )
    body, around = own.statements[main], set(find_around(cells, main, name))
    bound_here = {bound for one in body for bound in bound_names(one)}
    if exercises.keys() & (
        bound_here - {name}
    ):  # several cells in one: of each statement is asked whether it is needed
        chosen, todo, known = set(), [name], set()
    else:
        chosen, known = None, bound_here - {name}
        todo = [used for one in body if not isinstance(one, (ast.Expr, ast.Assert)) for used in _used(one)]
    from_lesson, from_cells = set(), set()
    while todo:
        needed = todo.pop()
        if needed in known:
            continue
        known.add(needed)
        places = own.binding.get(needed, [])
        here = [where for where in places if where[0] == main and not theirs.has(own.at(where))]
        near = [where for where in places if where[0] in around and where[0] != main]
        if chosen is not None and here:
            code, found = own, here
        elif near or needed == name:
            code, found = own, near
        else:
            elsewhere = [where for where in places if where[0] != main]
            code, found = _resolve(needed, elsewhere, own, theirs, exercises[name][0])
        for where in found:
            if code is theirs:
                from_lesson.add(where)
            elif where[0] == main:
                chosen.add(where[1])
            else:
                from_cells.add(where)
            todo += _used(code.at(where))
    numbers = list(range(len(body))) if chosen is None else sorted(chosen)
    last = {
        "file": f"<cell {name}>",
        "source": cells[main].source,
        "statements": None if chosen is None else numbers,
        "binding": [number for number in numbers if name in bound_names(body[number])],
        "lesson": False,
    }
    shown = [own.segment(where) for where in sorted(from_cells)]
    whole = without_checks(cells[main].source).strip()
    shown += [whole] if chosen is None else [own.segment((main, number)) for number in numbers]
    imports = _imports([theirs.at(where) for where in from_lesson] + [own.at(where) for where in from_cells] + body)
    return Answer(
        "to judge",
        source="\n\n\n".join(shown),
        parts=(*_parts(theirs, from_lesson, is_lesson=True), *_parts(own, from_cells, is_lesson=False), last),
        imports=imports,
        needs_keras=_is_any_of(imports, KERAS),
        needs_torch=_is_any_of(imports, {"torch"}),
    )


def _is_any_of(imports, modules):
    """Whether one of these modules, or a part of one, is imported."""
    return any(one == module or one.startswith(f"{module}.") for one in imports for module in modules)


def _resolve(needed, places, own, theirs, before):
    """Where a name comes from that an answer refers to: the code, and the statements in it.

    A function of the lesson is taken as it is stored; but if the student has added another one of that name, theirs.
    """
    in_lesson = theirs.binding.get(needed, [])
    defined = [where for where in places if isinstance(own.at(where), DEFINITIONS)]
    stored = [theirs.has(own.at(where)) for where in defined]
    is_addition = any(stored) and not stored[-1]
    lesson_defines = any(isinstance(theirs.at(where), DEFINITIONS) for where in in_lesson)
    if defined and (is_addition or not lesson_defines):
        return own, defined[-1:]
    if in_lesson:
        return theirs, [where for where in in_lesson if where[0] < before] or in_lesson[:1]
    plain = [where for where in places if _is_plain(own.at(where))]
    return own, [] if needed in vars(builtins) else plain[-1:]


def _parts(code, chosen, *, is_lesson):
    for place in sorted({place for place, _ in chosen}):
        numbers = sorted(number for one, number in chosen if one == place)
        file = f"<lesson {place}>" if is_lesson else f"<cell {place}>"
        yield {"file": file, "source": code.sources[place], "statements": numbers, "binding": [], "lesson": is_lesson}


def _imports(nodes):
    """The modules that functions import when they are called: loaded before, since loading takes its time."""
    found = set()
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            is_course = node.module == "course_utils"
            found |= {f"course_utils.{alias.name}" for alias in node.names} if is_course else {node.module}
    return tuple(sorted(name for name in found if not name.startswith("course_utils.exercises"))[:30])
