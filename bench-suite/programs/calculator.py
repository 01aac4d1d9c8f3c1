"""Formulas: a scanner with re, a parser by precedence, and trees that are evaluated and derived."""
import re

TOKEN = re.compile(r"\s*(?:(\d+\.?\d*)|(\w+)|(.))")
STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


class Number:
    def __init__(self, value):
        self.value = value

    def at(self, names):
        return self.value


class Name:
    def __init__(self, name):
        self.name = name

    def at(self, names):
        return names[self.name]


class Operation:
    def __init__(self, sign, left, right):
        self.sign, self.left, self.right = sign, left, right

    def at(self, names):
        a, b = self.left.at(names), self.right.at(names)
        match self.sign:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
            case "/":
                return a / b
            case _:
                return a**b


def parse(text):
    tokens = [m.groups() for m in TOKEN.finditer(text)] + [(None, None, "end")]
    tokens.reverse()

    def operand():
        number, name, sign = tokens.pop()
        if number:
            return Number(float(number))
        if name:
            return Name(name)
        assert sign == "(", sign
        inner = expression(0)
        tokens.pop()
        return inner

    def expression(least):
        left = operand()
        while STRENGTH.get(sign := tokens[-1][2], -1) > least:
            tokens.pop()
            left = Operation(sign, left, expression(STRENGTH[sign] - (sign == "^")))
        return left

    return expression(0)


def run():
    total = 0.0
    for text in ("1 + 2 * x", "(x - 1) ^ 2 / (y + 3)", "2 ^ 3 ^ 2 - x * y / 4", "((x + y) * (x - y)) / 7 + 1.5"):
        tree = parse(text)
        for k in range(150):
            total += tree.at({"x": k / 10, "y": 5.0 - k / 20})
    return f"{total:.6f}"
