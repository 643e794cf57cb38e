"""PromQL, as far as the rules use it: a tree whose nodes know where their text begins and ends."""
import re

TOKEN = re.compile(r"""(?P<space>\s+)|(?P<string>"(?:\\.|[^"\\])*")|(?P<number>\d+(?:\.\d+)?(?![\w.]))|(?P<duration>\d+[smhdwy])
    |(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?P<op>==|!=|<=|>=|=~|!~|[-<>+*/%^(){}\[\],=])""", re.VERBOSE)
PRECEDENCE = {"or": 1, "and": 2, "unless": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3,
              "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "^": 6}


class Node:
    def __init__(self, kind, start, end, children=(), **more):
        self.kind, self.start, self.end, self.children = kind, start, end, list(children)
        self.__dict__.update(more)

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()


class Parser:
    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if match is None:
                raise ValueError(f"not understood: {text[at:at + 30]!r} in {text}")
            if match.lastgroup != "space":
                self.tokens.append((match.lastgroup, match.group(), match.start(), match.end()))
            at = match.end()
        self.tokens.append(("end", "", len(text), len(text)))
        self.at = 0

    @property
    def word(self):
        return self.tokens[self.at][1]

    def take(self, expected=None):
        token = self.tokens[self.at]
        if expected is not None and token[1] != expected:
            raise ValueError(f"{expected} expected, not {token[1]!r}")
        self.at += 1
        return token

    def labels(self):
        """(a, b), after by, on, group_left …"""
        names = []
        self.take("(")
        while self.word != ")":
            kind, word, _, _ = self.take()
            names += [word] if kind == "name" else []
        self.take(")")
        return names

    def expression(self, least=1):
        left = self.unary()
        while PRECEDENCE.get(self.word, 0) >= least:
            _, op, start, end = self.take()
            matching = {}
            while self.word in ("on", "ignoring", "group_left", "group_right", "bool"):
                modifier = self.take()[1]
                matching[modifier] = self.labels() if self.word == "(" and modifier != "bool" else []
            right = self.expression(PRECEDENCE[op] + 1)
            left = Node("binary", left.start, right.end, (left, right), op=op, op_start=start, op_end=end, matching=matching)
        return left

    def unary(self):
        if self.word == "-":
            start = self.take()[2]
            operand = self.unary()
            return Node("unary", start, operand.end, (operand,))
        return self.primary()

    def primary(self):
        kind, word, start, end = self.take()
        if kind in ("number", "string"):
            return Node(kind, start, end, text=word)
        if word == "(":
            inner = self.expression()
            return self.ranged(Node("paren", start, self.take(")")[3], (inner,)))
        if kind != "name":
            raise ValueError(f"not understood: {word!r}")
        grouping = None
        if self.word in ("by", "without"):
            self.take()
            grouping = self.labels()
        if self.word == "(":
            self.take("(")
            children = []
            while self.word != ")":
                children.append(self.expression())
                if self.word == ",":
                    self.take()
            return self.ranged(Node("call", start, self.take(")")[3], children, name=word, grouping=grouping))
        return self.ranged(self.selector(word, start, end))

    def selector(self, name, start, end):
        matchers = []
        if self.word == "{":
            self.take()
            while self.word != "}":
                label, op, value = self.take(), self.take(), self.take()
                matchers.append((label[1], op, value))
                if self.word == ",":
                    self.take()
            end = self.take("}")[3]
        return Node("selector", start, end, name=name, matchers=matchers)

    def ranged(self, node):
        if self.word != "[":
            return node
        self.take()
        duration = self.take()
        return Node("range", node.start, self.take("]")[3], (node,), duration=duration)

    def parse(self):
        node = self.expression()
        self.take("")
        return node


def parse(text):
    """The tree of an expression; ValueError for what the rules do not use."""
    return Parser(text).parse()
