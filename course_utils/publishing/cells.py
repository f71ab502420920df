"""Find what a student wrote for an exercise among the cells of a notebook.

A cell here is anything with `cell_type`, `source` and `metadata`, as in nbformat, which this module does not need.
"""

import ast
import hashlib
import re

from course_utils.exercises.marks import RENAMED


def digest(text):
    """A fingerprint of a text; blanks around it do not count, nor does how a line ends."""
    return hashlib.sha256(text.replace("\r\n", "\n").strip().encode("utf-8", "replace")).hexdigest()


def find_answer(notebook, name):
    """What a student wrote for an exercise: the last code that defines its name, with the code around it.

    That is what stands next to it as split off from the same cell, or between it and the exercise's check. Empty if
    there is none, or nothing but a bare stub.
    """
    for old, new in [(old, new) for old, new in RENAMED.items() if new == name]:
        if answer := find_answer(notebook, old):
            return re.sub(rf"\b{old}\b", new, answer)
    places = find_definitions(notebook.cells, name)
    if not places:
        return ""
    around = find_around(notebook.cells, places[-1], name)
    sources = [without_checks(notebook.cells[place].source) for place in around]
    answer = "\n\n\n".join(source.strip("\n") for source in sources if source.strip())
    return "" if is_bare_stub(answer) else answer


def find_definitions(cells, name):
    """The places of the cells in which a student may have answered and that bind a name at their top level."""
    return [place for place, cell in enumerate(cells) if is_own(cell) and _defines(cell.source, name)]


def find_around(cells, place, name):
    """The places of the cells that belong to an answer: split off from the same cell, or on the way to its check."""
    first = last = place
    while first and is_own(cells[first - 1]) and "exercise" in (cells[first - 1].metadata.get("tags") or []):
        first -= 1
    check = last + 1
    while check < len(cells) and is_own(cells[check]) and f"exercise.{name}.check(" not in cells[check].source:
        check += 1
    if check < len(cells) and f"exercise.{name}.check(" in cells[check].source:
        last = check - 1
    return range(first, last + 1)


def without_checks(code):
    """Code without the lines that call a check, a hint or a solution."""
    return re.sub(r"^#? ?exercise\..*\n?", "", code, flags=re.MULTILINE)


def is_own(cell):
    """Whether a cell is code in which a student may have answered."""
    tags = cell.metadata.get("tags") or []
    return cell.cell_type == "code" and not {"solution", "quiz", "setup"} & set(tags)


def _defines(code, name):
    """Whether code binds a name at its top level; half-written code is looked at line by line."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return bool(re.search(rf"^(def {name}\b|{name}\s*=)", code, re.MULTILINE))
    return any(name in bound_names(statement) for statement in body)


def bound_names(statement):
    """The names that a statement binds where it stands: not those inside of a function, a class or a comprehension."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    inner = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    found, todo = set(), [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif not isinstance(node, inner):
            found |= {node.name} if isinstance(node, (ast.ExceptHandler, ast.MatchAs)) and node.name else set()
            todo += ast.iter_child_nodes(node)
    return found


def is_bare_stub(code):
    """Whether nothing has been written yet: a docstring and `...`, or a name with `...` for its value."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # half an answer is somebody's work, too
    if "#" in code or len(body) != 1:
        return False
    if isinstance(body[0], ast.FunctionDef):
        body = body[0].body[ast.get_docstring(body[0]) is not None :]
    values = [getattr(node, "value", None) for node in body]
    return len(values) == 1 and isinstance(values[0], ast.Constant) and values[0].value is ...
