"""Mutants of a function: the same code with one mechanical change each, over its syntax tree."""

import ast
import copy

SWAPS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.FloorDiv: [ast.Div, ast.Mult],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}


def mutants(source):
    """Yield (what was changed, source) for each mutant of the first function in a source."""
    tree = ast.parse(source)
    original = ast.unparse(tree).splitlines()
    for path, node in _nodes(tree):
        for change in _changes(node):
            mutant = target = ast.parse(source)  # to copy the tree takes ten times as long
            for field, index in path:
                target = getattr(target, field) if index is None else getattr(target, field)[index]
            change(target)
            text = ast.unparse(ast.fix_missing_locations(mutant))
            if text.splitlines() != original:
                yield _difference(original, text.splitlines()), text


def _nodes(node, path=()):
    """All nodes of a tree, each with the way to it; what is said by `print`, or by zip's `strict`, is left alone."""
    if (isinstance(node, ast.keyword) and node.arg == "strict") or ast.unparse(node).startswith("print("):
        return
    yield path, node
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield from _nodes(value, (*path, (field, None)))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield from _nodes(item, (*path, (field, index)))


def _set(field, value):
    return lambda node: setattr(node, field, value)


def _become(other):
    """A change that turns a node into another one (of any class)."""

    def change(node):
        replacement = copy.deepcopy(other(node) if callable(other) else other)
        node.__class__ = replacement.__class__
        node.__dict__ = replacement.__dict__

    return change


def _swapped(items, index):
    return [*items[:index], items[index + 1], items[index], *items[index + 2 :]]


def _without(items, index):
    return [*items[:index], *items[index + 1 :]]


def _changes(node):
    """All changes of one node: operators, comparisons, constants, slices, order, what is dropped."""
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)):
        yield from (_set("op", new()) for new in SWAPS.get(type(node.op), []))
    if isinstance(node, ast.Compare):
        yield from (_set("ops", [new(), *node.ops[1:]]) for new in SWAPS.get(type(node.ops[0]), []))
    if isinstance(node, ast.BinOp) and isinstance(
        node.op, (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
    ):
        yield _become(lambda node: ast.BinOp(node.right, node.op, node.left))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        yield _become(lambda node: node.operand)
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield _set("value", not node.value)
        elif isinstance(node.value, (int, float)):
            yield _set("value", node.value + 1)
            yield _set("value", node.value - 1)
    if isinstance(node, ast.Slice):
        yield from (_set(part, None) for part in ("lower", "upper", "step") if getattr(node, part) is not None)
    if isinstance(node, (ast.Tuple, ast.List)):
        yield from (_set("elts", _swapped(node.elts, index)) for index in range(len(node.elts) - 1))
    if isinstance(node, ast.Call):
        yield from (_set("args", _swapped(node.args, index)) for index in range(len(node.args) - 1))
        droppable = [index for index, keyword in enumerate(node.keywords) if keyword.arg != "strict"]  # of zip
        yield from (_set("keywords", _without(node.keywords, index)) for index in droppable)
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        yield _set("test", ast.UnaryOp(ast.Not(), node.test))
    is_statement = isinstance(
        node, (ast.Assign, ast.AugAssign, ast.For, ast.While, ast.If, ast.Return, ast.Continue, ast.Break)
    )
    if is_statement or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)):
        yield _become(ast.Pass())
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        yield _set("value", node.value.elts[0])


def _difference(before, after):
    """The first line that differs, before and after; 'dropped' where it is gone."""
    for old, new in zip(before, after, strict=False):
        if old != new:
            return f"{old.strip()}  ->  {new.strip() if new.strip() != 'pass' else 'dropped'}"
    return f"{before[len(after)].strip()}  ->  dropped"
