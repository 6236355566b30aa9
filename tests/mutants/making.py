"""What can be changed in a module: every mutant is one node of its tree with another in its place.

Words shown to people aren't changed, nor annotations, docstrings and defaults of parameters.
"""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterator


COMPARED = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
JOINED = {ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Sub: ast.Add, ast.Add: ast.Sub,
          ast.FloorDiv: ast.Mult, ast.Mult: ast.FloorDiv}  # fmt: skip
# A bound moved by one instant, as it is written in a condition of the database.
BOUNDS = {"__lte": "__lt", "__lt": "__lte", "__gte": "__gt", "__gt": "__gte"}
TURNED = {"filter": "exclude", "exclude": "filter"}
# Where what isn't said may be forgotten unnoticed; elsewhere Python itself would complain.
FORGIVING = {"filter", "exclude", "Q", "create", "note", "Case", "When", "values"}
WORDS = {"_", "gettext", "ngettext", "gettext_noop"}
SQL = re.compile(r"\b(select|where|exists|and|or)\b|<=|>=")
SQL_CHANGES = (
    (r"\band\b", "or"), (r"\bor\b", "and"), (r"<=", "<"), (r">=", ">"), (r"(?<![<>])>(?!=)", ">="),
    (r"(?<![<>])<(?![=>])", "<="), (r"(?<![<>=!])=(?!>)", "<>"), (r"<>", "="),
    (r"\bnot exists\b", "exists"), (r"\bnot\b(?! exists| null)", ""),
    (r"\bis null\b", "is not null"),
    (r"\bis not null\b", "is null"), (r"\bis true\b", "is false"), (r"\bbool_or\b", "bool_and"),
    (r"\bis distinct from\b", "is not distinct from"),
    (r"\bcoalesce\((.*?), false\)", r"coalesce(\1, true)"),
    (r"'(\w[\w ]*)'", "'xx'"), (r"\btrue\b", "false"), (r"\bdesc\b", "asc"),
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: where, what stood there, what stands there now, and the whole tree with it."""

    module: str
    function: str  # the outermost function or method; empty at the top of the module
    lines: tuple[int, int]  # of the statement it is in: tests that come by are to be run
    before: str
    after: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """What it is known by from one run to the next: no number of a line."""
        return f"{self.function or self.module}: {self.before} -> {self.after}"


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Give every mutant of a module."""
    tree = ast.parse(source)
    seen: dict[tuple[str, str, str], int] = {}
    for function, lines, path, node in _nodes(tree):
        for other in _changes(node):
            changed = copy.deepcopy(tree)
            before, after = _said(node), _said(other)
            if before == after or not _put(changed, path, other):
                continue
            ast.fix_missing_locations(changed)
            key = function, before, after
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 1:
                before += f" (the {seen[key]}th)"
            yield Mutant(module, function, lines, before, after, changed)


Path = tuple[tuple[str, "int | None"], ...]
Lines = tuple[int, int]
Found = tuple[str, Lines, Path, ast.AST]


def _nodes(tree: ast.Module) -> Iterator[Found]:
    """Every node that may be changed: its function, its statement's lines, the way to it."""
    for number, node in enumerate(tree.body):
        path: Path = (("body", number),)
        if isinstance(node, ast.FunctionDef):
            yield from _inside(node, node.name, path)
        elif isinstance(node, ast.ClassDef):
            for inner, each in enumerate(node.body):
                if isinstance(each, ast.FunctionDef):
                    name = f"{node.name}.{each.name}"
                    yield from _inside(each, name, (*path, ("body", inner)))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            # What the module gives out is no rule, nor is a name for a type.
            if getattr(target, "id", "") != "__all__" and not isinstance(node.value, ast.BinOp):
                yield from _within(node.value, "", (*path, ("value", None)), _span(node))


def _inside(function: ast.FunctionDef, name: str, path: Path) -> Iterator[Found]:
    for number, statement in enumerate(function.body):
        said = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if said and not number:
            continue  # the docstring
        yield from _within(statement, name, (*path, ("body", number)), _span(statement))


def _span(statement: ast.stmt) -> Lines:
    """The lines of a statement, or of the head of one that holds others."""
    held = getattr(statement, "body", None)
    end = held[0].lineno - 1 if held else statement.end_lineno or statement.lineno
    return statement.lineno, max(end, statement.lineno)


def _within(node: ast.AST, name: str, path: Path, lines: Lines) -> Iterator[Found]:
    if isinstance(node, ast.stmt):
        lines = _span(node)
    yield name, lines, path, node
    if isinstance(node, ast.Call) and _called(node) in WORDS:
        return
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "ctx", "format_spec"}:
            continue
        if isinstance(value, list):
            for number, each in enumerate(value):
                if isinstance(each, ast.AST) and not isinstance(
                    each, (ast.arguments, ast.keyword)
                ):
                    yield from _within(each, name, (*path, (field, number)), lines)
                elif isinstance(each, ast.keyword):
                    way = (*path, (field, number), ("value", None))
                    yield from _within(each.value, name, way, lines)
        elif isinstance(value, ast.AST) and not isinstance(value, ast.arguments):
            yield from _within(value, name, (*path, (field, None)), lines)


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _put(tree: ast.AST, path: Path, other: ast.AST) -> bool:
    """Put a node at the end of a way."""
    holder: ast.AST = tree
    for field, number in path[:-1]:
        value = getattr(holder, field)
        holder = value if number is None else value[number]
    field, number = path[-1]
    if number is None:
        setattr(holder, field, other)
    else:
        getattr(holder, field)[number] = other
    return True


def _said(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    if isinstance(node, ast.If):
        text = text.partition(":")[0]
    return text


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    for kind, change in _CHANGES:
        if isinstance(node, kind):
            for other in change(node):
                yield ast.copy_location(other, node) if hasattr(node, "lineno") else other


def _with(node: ast.AST, **fields: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _without(items: list, number: int) -> list:
    return [*items[:number], *items[number + 1 :]]


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for number, operator in enumerate(node.ops):
        if type(operator) in COMPARED:
            ops = [*node.ops]
            ops[number] = COMPARED[type(operator)]()
            yield _with(node, ops=ops)


def _bool_op(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for number in range(len(node.values)):
        left = _without(node.values, number)
        yield left[0] if len(left) == 1 else _with(node, values=left)


def _bin_op(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in JOINED:
        yield _with(node, op=JOINED[type(node.op)]())
    if isinstance(node.op, (ast.BitOr, ast.BitAnd)):
        yield node.left
        yield node.right


def _unary_op(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, (ast.Not, ast.Invert)):
        yield node.operand


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and SQL.search(value) and " " in value:
        for pattern, instead in SQL_CHANGES:
            for found in re.finditer(pattern, value):
                changed = value[: found.start()] + found.expand(instead) + value[found.end() :]
                yield ast.Constant(changed)
    elif isinstance(value, str) and value.strip():
        yield ast.Constant(f"XX{value}")


def _call(node: ast.Call) -> Iterator[ast.AST]:
    if _called(node) in WORDS:
        return
    attribute = getattr(node.func, "attr", "")
    if attribute in TURNED:
        yield _with(node, func=_with(node.func, attr=TURNED[attribute]))
    for number, keyword in enumerate(node.keywords):
        if _called(node) in FORGIVING:
            yield _with(node, keywords=_without(node.keywords, number))
        for end, other in BOUNDS.items():
            if keyword.arg and keyword.arg.endswith(end):
                moved = ast.keyword(keyword.arg.removesuffix(end) + other, keyword.value)
                keywords = [*node.keywords]
                keywords[number] = moved
                yield _with(node, keywords=keywords)
    if attribute in TURNED or _called(node) == "Q":
        for number in range(len(node.args)):
            yield _with(node, args=_without(node.args, number))
    if attribute in {"order_by", "distinct"}:
        yield node.func.value  # type: ignore[attr-defined]  # it has one


def _return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not (
        isinstance(node.value, ast.Constant) and node.value.value is None
    ):
        yield ast.Return(ast.Constant(None))


def _if(node: ast.If) -> Iterator[ast.AST]:
    yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def _if_exp(node: ast.IfExp) -> Iterator[ast.AST]:
    yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def _nothing(node: ast.AST) -> Iterator[ast.AST]:
    # Without its `super()` a method is no longer a closure: it can't take the other's place.
    bare = isinstance(node, ast.Expr) and (
        isinstance(node.value, ast.Constant) or "super()" in ast.unparse(node)
    )
    if not bare:
        yield ast.Pass()


def _items(node: ast.List | ast.Set | ast.Tuple) -> Iterator[ast.AST]:
    if isinstance(getattr(node, "ctx", ast.Load()), ast.Load) and len(node.elts) > 1:
        for number in range(len(node.elts)):
            yield _with(node, elts=_without(node.elts, number))


def _dict(node: ast.Dict) -> Iterator[ast.AST]:
    for number in range(len(node.keys)):
        yield _with(node, keys=_without(node.keys, number), values=_without(node.values, number))


def _comprehension(node: ast.comprehension) -> Iterator[ast.AST]:
    for number in range(len(node.ifs)):
        yield _with(node, ifs=_without(node.ifs, number))


_CHANGES = (
    (ast.Compare, _compare), (ast.BoolOp, _bool_op), (ast.BinOp, _bin_op),
    (ast.UnaryOp, _unary_op), (ast.Constant, _constant), (ast.Call, _call),
    (ast.Return, _return), (ast.If, _if), (ast.IfExp, _if_exp),
    ((ast.Raise, ast.AugAssign, ast.Expr, ast.Continue, ast.Break), _nothing),
    ((ast.List, ast.Set, ast.Tuple), _items), (ast.Dict, _dict),
    (ast.comprehension, _comprehension),
)  # fmt: skip
