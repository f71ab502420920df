"""Code and outputs as a wall shows them: shorter, and still nothing but what the cell holds."""

import re

import pytest

from course_utils.publishing import wall

CODE = "def f(x):\n    y = g(x, verbose=0)\n    return y\n\nprint(f(1))"


@pytest.mark.parametrize(
    "short",
    [
        CODE,
        "def f(x):\n    return y",
        "def f(x):\n    …\n    return y\n\n…",
        "    y = g(x, …)\n# …\nprint(f(1))",
        "    y = …",
    ],
)
def test_some_lines_in_their_order_are_a_shorter_version(short):
    assert wall.shorten(CODE, short) == short


@pytest.mark.parametrize(
    ("short", "line"),
    [
        ("    return y\ndef f(x):", "def f(x):"),
        ("def f(x):\ndef f(x):", "def f(x):"),
        ("def f(z):", "def f(z):"),
        ("y = g(x, verbose=0)", "y = g(x, verbose=0)"),
        ("    y = g(…, verbose=1)", "    y = g(…, verbose=1)"),
    ],
)
def test_what_is_not_in_the_cell_is_no_shorter_version(short, line):
    with pytest.raises(wall.WallError, match=re.escape(f"got {line!r}")):
        wall.shorten(CODE, short)


def test_prints_without_room_are_elided_once():
    wide = f"    print({80 * 'x'})"
    code = f"for x in y:\n{wide}\n{wide}  # so\n    print(x)\nz = {80 * 'z'}"
    assert wall.elide_prints(code, 73) == f"for x in y:\n    print(…)\n    print(x)\nz = {80 * 'z'}"
    assert wall.elide_prints("print(1)", 73) == "print(1)"


def test_marks_are_sets_of_lines():
    assert wall.read_marks("1-2 | 3 | 5-6, 8", 8) == [{1, 2}, {3}, {5, 6, 8}]


@pytest.mark.parametrize("lines", ["", "1-2 | 2", "0", "1-9", "one", "3-1 | 9"])
def test_marks_of_what_is_not_there_are_told(lines):
    with pytest.raises(wall.WallError, match="expected"):
        wall.read_marks(lines, 8)


def test_columns_that_are_left_out_are_marked():
    assert wall.keep_columns("name   one two\nabc", "1-5, 12-") == "name …two\nabc"
    assert wall.keep_columns("123456\n123", "1-3") == "123…\n123"
    assert wall.keep_columns("123456789\n1234567", "1-3, 8-") == "123…89\n1234567"  # a shorter line stays whole
    for columns in ("1-99", "all"):
        with pytest.raises(wall.WallError, match="expected"):
            wall.keep_columns("123456", columns)


TABLE = """Model: "sequential"
┏━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)     ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ dense (Dense)    │           320 │
├──────────────────┼───────────────┤
│ flatten          │             0 │
└──────────────────┴───────────────┘
 Total params: 320 (1.25 KB)"""
NARROW = """Model: "sequential"
┏━━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)  ┃ Param # ┃
┡━━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ dense (Dense) │     320 │
│ flatten       │       0 │
└───────────────┴─────────┘
 Total params: 320 (1.25 KB)"""


def test_a_table_is_as_wide_as_its_words():
    assert wall.narrow_tables(TABLE) == NARROW == wall.narrow_tables(NARROW)
    assert wall.narrow_tables("a │ b") == "a │ b"


def test_wrapped_lines_hang_by_four_and_in_code_behind_their_own_indent():
    assert wall.wrapped_lines("    " + "word " * 4, 16, indented=True) == 3
    assert wall.wrapped_lines("    " + "word " * 4, 16, indented=False) == 2
    assert wall.wrapped_lines("\n\n", 16, indented=True) == 2
    html = wall.render_code("if a:\n    b()")
    assert '<span class="line">' in html and '<span class="line" style="--indent:4">' in html


def test_a_marked_line_is_a_fragment_that_is_always_there():
    html = wall.render_code("a\nb\nc", [{3}, {1}])
    assert re.findall(r'class="line([^>]*)>', html) == [
        ' fragment custom" data-fragment-index="1"',
        '"',
        ' fragment custom" data-fragment-index="0"',
    ]
