"""A parser of JSON by recursive descent, and a writer."""

ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/"}


class Parser:
    def __init__(self, text):
        self.text = text
        self.at = 0

    def space(self):
        while self.at < len(self.text) and self.text[self.at] in " \n\t":
            self.at += 1

    def expect(self, c):
        self.space()
        if self.text[self.at] != c:
            raise ValueError(f"{c!r} expected at {self.at}")
        self.at += 1

    def value(self):
        self.space()
        c = self.text[self.at]
        if c == "{":
            return dict(self.items("}", self.pair))
        if c == "[":
            return list(self.items("]", self.value))
        if c == '"':
            return self.string()
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in "+-.0123456789eE":
            self.at += 1
        number = self.text[start : self.at]
        return int(number) if number.lstrip("-").isdigit() else float(number)

    def items(self, end, item):
        self.at += 1
        self.space()
        while self.text[self.at] != end:
            yield item()
            self.space()
            if self.text[self.at] == ",":
                self.at += 1
                self.space()
        self.at += 1

    def pair(self):
        key = self.string()
        self.expect(":")
        return key, self.value()

    def string(self):
        self.expect('"')
        parts = []
        while (c := self.text[self.at]) != '"':
            if c == "\\":
                self.at += 1
                c = ESCAPES[self.text[self.at]]
            parts.append(c)
            self.at += 1
        self.at += 1
        return "".join(parts)


def write(value):
    if isinstance(value, dict):
        return "{" + ",".join(f"{write(k)}:{write(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return {True: "true", False: "false", None: "null"}[value] if value in (True, False, None) else repr(value)


RECORD = '{"id": %d, "name": "crane \\"%d\\"", "weight": %d.25, "tags": ["grey", "tall", null, true], "at": {"x": -%d, "y": 2e3}}'
TEXT = "[" + ", ".join(RECORD % (n, n, n, n) for n in range(2, 40)) + "]"


def run():
    value = Parser(TEXT).value()
    text = write(value)
    return len(text), Parser(text).value() == value, text[:60]
