"""Every check accepts what is right, and says of what is wrong what is wrong with it.

The answers are in tests/exercises/exercise_banks, one bank for each exercise. What all checks share is tested in
test_exercise_engine.py.
"""

import ast
import copy
import functools
import importlib
import importlib.util
import inspect
import linecache
import re
import textwrap

import lesson_rules as rules
import nightly
import pytest
from exercise_banks import Bank, mutation

from course_utils.exercises import calling, engine, lessons, modules, networks, plain
from course_utils.publishing.lessons import SOURCES, read_source

pytestmark = pytest.mark.numbers

LESSONS = engine.all_exercises()
EXERCISES = {exercise.key: exercise for exercises in LESSONS.values() for exercise in exercises}
SLOW_MUTANTS = (  # these wait for loops, or are many; -k with the name of an exercise runs them, too
    *("better.ink_at", "building.count_parameters", "evaluating.images_needed", "handwriting.fitted_size"),
    *("handwriting.least_confidence", "handwriting.shift_to_middle", "inspecting.seen_pixels"),
    *("inspecting.step_towards", "scaling.ring_seconds", "training.loss_and_accuracy"),
)
FUNCTIONS = {key: exercise for key, exercise in EXERCISES.items() if isinstance(exercise, engine.Function)}


def banks():
    """All banks, by the key of their exercise; each answer that is a function is compiled as if it stood in a cell."""
    found = {}
    for lesson in LESSONS:
        if importlib.util.find_spec(f"exercise_banks.{lesson}"):
            module = importlib.import_module(f"exercise_banks.{lesson}")
            found |= {f"{lesson}.{name}": bank for name, bank in vars(module).items() if isinstance(bank, Bank)}
    return found


BANKS = banks()


def source_of(function):
    """A function's source without its decorators."""
    text = textwrap.dedent(inspect.getsource(function))
    return text[text.index("def ") :] if function.__name__ != "<lambda>" else None


def in_a_cell(source, namespace):
    """The function that a source defines, compiled as a cell of a notebook is: the first line is line 1."""
    file = f"<cell {hash(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace = dict(namespace)
    exec(compile(source, file, "exec"), namespace)
    return namespace[ast.parse(source).body[0].name]


def as_answer(value):
    """An answer of a bank as a student's: a function as if from a cell, anything else as it is."""
    source = source_of(value) if inspect.isfunction(value) else None
    return in_a_cell(source, value.__globals__) if source else value


@functools.cache
def lesson_source(lesson):
    """The text of a lesson as a notebook, or None while it is not written."""
    module = importlib.import_module(f"course_utils.exercises.{lesson}")
    path = SOURCES / f"{module.LESSON:02}_{lesson}.py"
    return read_source(path) if path.exists() else None


def exercise_cells(exercise):
    """The cells of an exercise in its lesson: {tag: [cell, ...]}, for the tags exercise, check and solution."""
    notebook, cells = lesson_source(exercise.lesson), {"exercise": [], "check": [], "solution": []}
    for cell in notebook.cells if notebook else []:
        for tag in cells:
            names = rf"\bexercise\.{exercise.name}\.check|^def {exercise.name}\(|^{exercise.name}\b.* = "
            if tag in rules.tags(cell) and re.search(names, cell.source, re.MULTILINE):
                cells[tag].append(cell)
    return cells


def solution(exercise):
    """The source of the lesson's own solution, and the names that it may use."""
    cells = exercise_cells(exercise)["solution"]
    if not cells:
        stand_in = BANKS[exercise.key].stand_in
        return source_of(stand_in), stand_in.__globals__
    functions = [node for node in ast.parse(cells[0].source).body if isinstance(node, ast.FunctionDef)]
    module = importlib.import_module(f"course_utils.exercises.{exercise.lesson}")
    return ast.get_source_segment(cells[0].source, functions[0]), rules.lesson_functions(
        f"{module.LESSON:02}_{exercise.lesson}"
    )


@pytest.fixture(autouse=True)
def little_time(monkeypatch):
    """Endless loops are stopped sooner than a student's: time is the processor's, so none of it goes to others."""
    monkeypatch.setattr(calling, "SECONDS", 1.5)


@pytest.fixture(autouse=True)
def torch_is_there_where_a_check_needs_it(request):
    """PyTorch is an extra; without it, all else is tested."""
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    if isinstance(EXERCISES.get(params.get("key")), networks.OfModule) and (why := modules.why_missing()):
        pytest.skip(why)


STUDENTS = calling.SECONDS  # a right answer has a student's time: a processor may be slow


@pytest.fixture(scope="module", autouse=True)
def data_loaded_once():
    """The images that networks are judged with are prepared once, not for each network."""
    with pytest.MonkeyPatch.context() as patch:
        for exercise in EXERCISES.values():
            if isinstance(exercise, networks.Network):
                patch.setattr(exercise, "answer", functools.cache(exercise.answer))
        yield


def names_of_answers(kind):
    return [pytest.param(key, name, id=f"{key}-{name}") for key, bank in BANKS.items() for name in getattr(bank, kind)]


@functools.cache
def said_to(key, kind, name):
    """What the check says to an answer of the bank."""
    answer = getattr(BANKS[key], kind)[name]
    with pytest.MonkeyPatch.context() as patch:
        if kind == "rights":
            patch.setattr(calling, "SECONDS", STUDENTS)
        return EXERCISES[key].judge(as_answer(answer if kind == "rights" else answer[1]))


def test_each_exercise_has_a_bank_and_each_bank_an_exercise():
    assert set(BANKS) == set(EXERCISES)


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if lesson != "start_here"])  # that has one, to try
def test_lesson_has_two_to_five_exercises(lesson):
    assert 2 <= len(LESSONS[lesson]) <= 5


@pytest.mark.parametrize("key", FUNCTIONS)
def test_bank_of_a_function_is_large_enough(key):
    assert len(BANKS[key].rights) >= 8
    assert len(BANKS[key].wrongs) >= 15


@pytest.mark.parametrize(("key", "name"), names_of_answers("rights"))
def test_right_answer_is_accepted(key, name):
    message = said_to(key, "rights", name)
    assert message.status == "right", message.text()
    assert message.sentence == EXERCISES[key].shows


@pytest.mark.parametrize(("key", "name"), names_of_answers("wrongs"))
def test_wrong_answer_is_told_what_is_wrong(key, name):
    pattern, message = BANKS[key].wrongs[name][0], said_to(key, "wrongs", name)
    assert message.status == "wrong", message.text()
    assert re.search(pattern, message.text()), f"no {pattern!r} in\n{message.text()}"
    assert "course_utils" not in message.text()


@pytest.mark.parametrize("key", EXERCISES)
def test_each_known_mistake_is_met_in_the_bank(key):
    exercise = EXERCISES[key]
    known = {look for look, _ in getattr(exercise, "mistakes", [])}
    known |= {reply for letter, reply in getattr(exercise, "replies", {}).items() if letter != exercise.right}
    met = {said_to(key, "wrongs", name).sentence for name in BANKS[key].wrongs}
    assert known <= met, f"no wrong answer in the bank is told: {known - met}"


@pytest.mark.parametrize("key", FUNCTIONS)
def test_each_known_mistake_is_wrong_in_two_cases_at_least(key):
    """Else it could not be told from another mistake, and its sentence would be hedged."""
    exercise = FUNCTIONS[key]
    for look, function in exercise.mistakes:
        wrong = [about for about, arguments in exercise.cases.items() if not is_right(exercise, function, arguments)]
        assert len(wrong) >= 2, f"{look} is wrong in {wrong} only"


def is_right(exercise, function, arguments):
    try:
        return exercise._is_right(plain.plain(function(*copy.deepcopy(arguments))), arguments)
    except Exception:
        return False


@pytest.mark.parametrize("key", EXERCISES)
def test_hints_are_two_or_three_and_none_is_the_solution(key):
    exercise = EXERCISES[key]
    assert len(exercise.hints) in (2, 3)
    assert len(set(exercise.hints)) == len(exercise.hints)
    assert exercise.shows not in exercise.hints
    if key in FUNCTIONS:
        source, _ = solution(exercise)
        returns = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Return)]
        assert not [
            hint
            for hint in exercise.hints
            for value in returns
            if len(ast.unparse(value)) > 12 and ast.unparse(value) in hint
        ]


@pytest.mark.parametrize("key", FUNCTIONS)
def test_stub_is_not_attempted(key):
    parameters = ", ".join(FUNCTIONS[key].parameters)
    for body in (
        "...",
        '"""What it does."""\n    ...',
        '"""What it does."""',
        "pass",
        "return ...",
        "print()\n    return ...",
    ):
        message = FUNCTIONS[key].judge(in_a_cell(f"def stub({parameters}):\n    {body}\n", {}))
        assert message.status == "not attempted", f"{body}: {message.text()}"
    assert FUNCTIONS[key].judge(...).status == "not attempted"
    message = FUNCTIONS[key].judge(FUNCTIONS[key].given_function or ...)
    assert message.status == "not attempted"
    assert ("If you changed something" in message.sentence) is bool(FUNCTIONS[key].given_function)


@pytest.mark.parametrize("key", FUNCTIONS)
def test_bank_holds_no_copy_of_the_solution(key):
    """A reference in the bank stands in for the lesson's solution only until the lesson has one."""
    has_solution, has_reference = bool(exercise_cells(FUNCTIONS[key])["solution"]), bool(BANKS[key].stand_in)
    assert has_solution is not has_reference, (
        f"in the bank of {key}, delete the reference: the lesson has a solution now"
    )


@pytest.mark.parametrize("key", FUNCTIONS)
def test_solution_of_the_lesson_is_right(key):
    message = FUNCTIONS[key].judge(in_a_cell(*solution(FUNCTIONS[key])))
    assert message.status == "right", message.text()


def ending_at_a_fault(exercise):
    """The exercise's `_call`, which raises where a result is not accepted, too: then no further case is tried."""
    call = exercise._call

    def call_and_accept(function, arguments, seconds, **options):
        called = call(function, arguments, seconds, **options)
        if not options:  # the second time, the result is compared with the first
            exercise._accept(called.result, arguments, {})
        return called

    return call_and_accept


@pytest.mark.slow
@pytest.mark.parametrize("key", nightly.by_night(FUNCTIONS, SLOW_MUTANTS))
def test_check_rejects_mutants_of_the_solution(key, capsys, monkeypatch):
    """The mutants of the solution, and beside them those of the bank's right answers, which are larger."""
    exercise, equivalents, accepted, report = FUNCTIONS[key], BANKS[key].equivalents, set(), []
    monkeypatch.setattr(exercise, "_recognize", lambda *fault: None)  # what is said does not matter here,
    monkeypatch.setattr(exercise, "_relate", lambda *fault: "")
    monkeypatch.setattr(exercise, "_call", ending_at_a_fault(exercise))  # nor what comes in the cases after a fault
    functions = filter(inspect.isfunction, BANKS[key].rights.values())
    rights = [(source_of(answer), answer.__globals__) for answer in functions]
    for name, sources in (("solution", [solution(exercise)]), ("right answers", rights)):
        outcomes = {}
        for source, namespace in sources:
            for change, mutant in mutation.mutants(source):
                for seconds in (0.3, 30.0) if change in equivalents else (0.3,):  # again, if the machine was busy
                    monkeypatch.setattr(calling, "SECONDS", seconds)
                    outcomes[change] = exercise.judge(in_a_cell(mutant, namespace)).status == "right"
                    if outcomes[change]:
                        break
        accepted |= {change for change, passes in outcomes.items() if passes}
        real = [passes for change, passes in outcomes.items() if change not in equivalents]
        report.append((name, len(real) - sum(real), len(real)))
    with capsys.disabled():
        shares = "; ".join(f"of its {name}: {caught} of {n}, {caught / n:.0%}" for name, caught, n in report)
        print(f"\n{key} rejects mutants {shares}; {len(equivalents)} more are equivalent", end="")
    assert set(equivalents) <= accepted, f"listed as equivalent, but rejected or gone: {set(equivalents) - accepted}"
    survivors = accepted - set(equivalents)
    for name, caught, n in report:
        assert caught >= 0.95 * n, f"mutants of the {name} pass the check and are not listed as equivalent: {survivors}"
        assert n >= 4


@pytest.mark.parametrize("key", EXERCISES)
def test_exercise_stands_in_its_lesson_as_it_should(key):
    exercise = EXERCISES[key]
    notebook, cells = lesson_source(exercise.lesson), exercise_cells(exercise)
    assert {tag: len(found) for tag, found in cells.items()} == {"exercise": 1, "check": 1, "solution": 1}
    (stub,), (check,), (folded,) = cells.values()
    start = notebook.cells.index(stub)
    assert notebook.cells[start : start + 3] == [stub, check, folded]
    statement = notebook.cells[start - 1]
    assert statement.cell_type == "markdown"
    assert re.search(r"^#+ Exercise", statement.source, re.MULTILINE)
    assert check.source.splitlines() == [
        f"exercise.{exercise.name}.check({exercise.name})",
        f"# exercise.{exercise.name}.hint()",
        f"# exercise.{exercise.name}.solution()",
    ]
    assert folded.metadata.get("jupyter", {}).get("source_hidden") is True
    assert f"exercise.{exercise.name}.check_solution(solution_{exercise.name})" in folded.source
    shown = lessons.read_solution(exercise.lesson, exercise.name)
    assert f"solution_{exercise.name}" not in shown and exercise.name in shown
    bound = [name for node in ast.parse(folded.source).body for name in names_bound(node)]
    assert bound == [f"solution_{exercise.name}"]


def names_bound(statement):
    """The names that a statement at the top of a cell binds."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [statement.name]
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


@pytest.mark.parametrize("source", rules.LESSONS, ids=lambda source: source.stem)
def test_a_faulty_function_is_the_lessons_own_to_the_word(source):
    """Else a check takes the untouched one for a change that made no difference."""
    functions = rules.lesson_functions(source.stem)
    for exercise in engine.all_exercises()[source.stem[3:]]:
        given = getattr(exercise, "given_function", None)
        assert given is None or calling.in_the_same_words(functions[exercise.name], given), exercise.name


@pytest.mark.parametrize("source", rules.LESSONS, ids=lambda source: source.stem)
def test_lesson_shows_both_states(source):
    """Stored: each check of a stub says "not attempted", each solution is right; and no tag lacks its exercise."""
    for cell in rules.code_cells(rules.stored(source)):
        names = re.findall(r"exercise\.(\w+)\.check", cell.source)
        if "check" in rules.tags(cell):
            assert rules.output_text(cell).startswith("Not attempted yet"), rules.output_text(cell)
        if "solution" in rules.tags(cell):
            assert rules.output_text(cell).startswith("Right"), rules.output_text(cell)
        if rules.tags(cell) & {"check", "solution"}:
            assert len(names) == 1
            assert f"{source.stem[3:]}.{names[0]}" in EXERCISES
