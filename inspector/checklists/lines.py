"""YAML that remembers its lines, and refuses what hides mistakes: keys given twice, aliases."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

import yaml
from yaml.reader import ReaderError

from inspector.mistakes import Mistake, Mistakes

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a part of a document: keys of groups and places in lists."""


class Lines:
    """One YAML document: its `data`, and the line on which each part of it stands.

    Raises Mistakes when it is not YAML, or gives a key of one group twice.
    """

    def __init__(self, file: str, text: str) -> None:
        try:
            loader = _Loader(text)
            self._root = loader.get_single_node()
            if twice := list(_keys_given_twice(file, self._root)):
                raise Mistakes(twice)
            self.data: Any = loader.construct_document(self._root) if self._root else None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise Mistakes([Mistake(file, line, "", "", error.problem or str(error))]) from error
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise Mistakes([Mistake(file, line, "", "", "holds a control character")]) from error

    def line(self, path: Steps) -> int:
        """The line of the part at `path`, or of the nearest group around it when it is missing."""
        node, line = self._root, 1
        for step in path:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step]
                line = node.start_mark.line + 1
            elif isinstance(node, yaml.MappingNode) and step in (keys := _by_key(node)):
                key, node = keys[str(step)]
                line = key.start_mark.line + 1
            else:
                break
        return line


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases, whose numbers are exact and whose dates stay text."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases are not used here", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_number(self, node: yaml.ScalarNode) -> int | Decimal:
        # Not YAML's own reading, to which 010 is eight and 1:30 is ninety.
        try:
            number = Decimal(node.value)
        except InvalidOperation:
            sentence = f"“{node.value}” is not a plain number"
            raise yaml.MarkedYAMLError(problem=sentence, problem_mark=node.start_mark) from None
        return number if "." in node.value else int(number)

    def construct_as_written(self, node: yaml.ScalarNode) -> str:
        return str(node.value)


for _number in ("int", "float"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_number}", _Loader.construct_number)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_as_written)


def _by_key(node: yaml.MappingNode) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    return {key.value: (key, value) for key, value in node.value if _plain(key)}


def _plain(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode)


def _keys_given_twice(file: str, node: yaml.Node | None) -> Iterator[Mistake]:
    if isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _keys_given_twice(file, part)
    if isinstance(node, yaml.MappingNode):
        first: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if _plain(key) and key is not first.setdefault(key.value, key):
                sentence = f"is given twice, first on line {first[key.value].start_mark.line + 1}"
                yield Mistake(file, key.start_mark.line + 1, "", key.value, sentence)
            yield from _keys_given_twice(file, value)
