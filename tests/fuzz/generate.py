"""Random Python programs: they end, write the same each time, and do what makes a JIT's guesses fail.

`program(seed)` gives a program's text. It is made from a typed grammar: a variable's type is in its name (`i0` an int, `f1` a
float, `s`, `b`, `li` a list of ints, `lf` of floats, `d` a dict from str to int, `e` one from int to float, `t` a tuple, `o` an
object), and now and then a value of another type is put in its place. Loops are bounded, functions call only those made
before them, and what could grow (products, strings, lists) is cut.
"""
import random

from prelude import ASYNCHRONOUS, PRELUDE, SHARED
from shapes import Shapes
from words import ATTRS, FACTORS, FLOATS, INTS, KINDS, MASKS, SMALL, STRS, WEIGHTS


class Scope:
    """A function's names, and what may be done in it."""

    def __init__(self, names, level, calls, in_method=False):
        # kind -> list of names that hold it
        self.names = names
        self.level = level
        self.calls = calls
        self.in_method = in_method
        self.loops = 0
        self.fixed = set()
        self.is_generator = False
        # The variable of a loop with many turns.
        self.turn = None
        # What much of a loop is about: names of an object, one that may be the same, and its class.
        self.focus = None


class Maker(Shapes):
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.lines = []
        self.indent = 0
        self.count = 0
        self.classes = []
        # name -> (kinds of parameters, number of defaults, kind of the result)
        self.functions = {}
        self.generators = []
        self.globals = {}
        self.budget = 0
        # Does it need ASYNCHRONOUS?
        self.asynchronous = False

    def line(self, text):
        self.lines.append("    " * self.indent + text)

    def pick(self, items):
        return items[self.r.randrange(len(items))]

    def chance(self, percent):
        return self.r.randrange(100) < percent

    def kind(self):
        return self.r.choices(KINDS, WEIGHTS)[0]

    def fresh(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    # Expressions.

    def name_of(self, scope, kind):
        names = sorted(scope.names.get(kind, ()))
        if self.chance(15) or not names:
            names += self.globals.get(kind, ())
        return self.pick(names) if names else None

    def expr(self, scope, kind, depth=3):
        if self.chance(2):
            kind = self.kind()
        if scope.turn and depth > 0 and self.chance(3):
            return f"({self.expr(scope, kind, depth - 1)} if {scope.turn} < {self.late()} else {self.expr(scope, self.pick([kind, kind, self.kind()]), depth - 1)})"
        if depth <= 0 or self.chance(25):
            name = self.name_of(scope, kind)
            if name and self.chance(75):
                return name
            return self.literal(scope, kind, depth)
        return getattr(self, "expr_" + kind)(scope, depth - 1)

    def literal(self, scope, kind, depth):
        if kind == "i":
            return self.pick(SMALL if self.chance(75) else INTS)
        if kind == "f":
            return self.pick(FLOATS)
        if kind == "s":
            return self.pick(STRS)
        if kind == "b":
            return self.pick(["True", "False"])
        if kind == "li":
            return "[" + ", ".join(self.pick(SMALL) for _ in range(self.r.randrange(1, 7))) + "]"
        if kind == "lf":
            return "[" + ", ".join(self.pick(FLOATS) for _ in range(self.r.randrange(1, 5))) + "]"
        if kind == "d":
            return "{'a': 1, 'bc': %s, 'k': 3}" % self.pick(SMALL)
        if kind == "e":
            return "{0: 0.5, 1: %s, 2: 2.5, 3: NAN}" % self.pick(FLOATS)
        if kind == "t":
            return "(%s, %s, 0.5)" % (self.pick(SMALL), self.pick(SMALL))
        if kind == "lo":
            return "[" + ", ".join(self.new_object(scope, 0) for _ in range(self.r.randrange(1, 5))) + "]"
        if kind == "ba":
            return self.pick(["bytearray(b'hello')", "bytearray(8)", "b'bytes!'"])
        if kind == "ar":
            return self.pick(["array('q', [1, 2, 2**48, -(2**62), 5])", "array('d', [0.5, 1, NAN, 4, 5])",
                              "array('b', [1, -2, 3, 4, 5])", "array('I', [1, 2, 3, 2**32 - 1, 5])", "array('H', range(6))"])
        return self.new_object(scope, depth)

    def new_object(self, scope, depth):
        if not self.classes:
            return "None"
        cls = self.pick(self.classes)
        a = self.expr(scope, "i", min(depth, 1))
        if self.chance(50):
            return f"{cls}({a})"
        return f"{cls}({a}, {self.expr(scope, self.pick('if'), min(depth, 1))})"

    def late(self):
        """A turn at which the code has been compiled."""
        return self.r.randrange(12, 30)

    def index(self, scope, depth):
        if self.chance(70):
            return f"({self.expr(scope, 'i', depth)}) % {self.pick(['2', '3', '5'])}"
        return self.pick(["0", "-1", "1", "2"])

    def call(self, scope, kind, depth):
        """A call of a function whose result is of that kind, or None."""
        fits = [n for n, (_, _, result, level) in self.functions.items() if result == kind and level < scope.level]
        if not fits or scope.calls <= 0 or scope.loops > 2:
            return None
        scope.calls -= 1
        name = self.pick(fits)
        kinds, defaults, _, _ = self.functions[name]
        n = len(kinds) - (self.r.randrange(defaults + 1) if self.chance(50) else 0)
        arguments = [self.expr(scope, k, depth - 1) for k in kinds[:n]]
        if self.chance(2):
            arguments.append("1")
        if n == len(kinds) and n and self.chance(15):
            arguments[-1] = f"p{n - 1}={arguments[-1]}"
        elif self.chance(5):
            arguments = [f"*({', '.join(arguments)},)"] if arguments else []
        return f"{name}({', '.join(arguments)})"

    def member(self, scope, depth):
        if scope.focus and self.chance(60):
            return self.pick(scope.focus[:2])
        if self.chance(15):
            name = self.name_of(scope, "lo")
            if name:
                return f"{name}[{self.pick(sorted(scope.names['i']) or ['0'])} % len({name})]"
        return self.name_of(scope, "o")

    def expr_i(self, scope, depth):
        e = lambda k: self.expr(scope, k, depth)
        n = self.r.randrange(32)
        if n < 6:
            return f"({e('i')} {self.pick(['+', '-', '+', '-', '&', '|', '^'])} {e('i')})"
        if n < 8:
            return f"({e('i')} * {e('i')}) % ({self.pick(MASKS)})"
        if n == 8:
            return f"({e('i')} {self.pick(['//', '%'])} {self.pick(['3', '8', '-7', '1', e('i')])})"
        if n == 9:
            return f"({e('i')} {self.pick(['>> 1', '>> 3', '<< 1', '<< 3', '>> 70', '<< 17', '<< 40', '<< 61', '<< (' + e('i') + ') % 60', '>> (' + e('i') + ') % 60'])}) & ({self.pick(MASKS)})"
        if n == 10:
            return f"{self.pick(['-', '~'])}({e('i')})"
        if n == 11:
            return f"({e('i')} if {e('b')} else {e('i')})"
        if n < 15:
            name = self.name_of(scope, self.pick(["li", "li", "li", "ba", "ar"]))
            return f"{name}[{self.index(scope, depth)}]" if name else e("i")
        if n == 15:
            name = self.name_of(scope, "t")
            return f"{name}[{self.pick(['0', '1', '-3'])}]" if name else e("i")
        if n == 16:
            name = self.name_of(scope, "d")
            return f"{name}[{self.pick(['chr(97)', STRS[1], STRS[2], STRS[7]])}]" if name else e("i")
        if n == 17:
            name = self.name_of(scope, "d")
            return f"{name}.get({e('s')}, {self.pick(SMALL)})" if name else e("i")
        if n < 22:
            o = self.member(scope, depth)
            return f"{o}.{self.pick(['x', 'x', 'y', 'p', 'k'])}" if o else e("i")
        if n == 22:
            o = self.member(scope, depth)
            return f"{o}.m{self.r.randrange(3)}({e('i')})" if o and scope.loops < 3 else e("i")
        if n == 23:
            return self.pick([f"len({e('li')})", f"len({e('s')})", f"len({e('d')})"])
        if n == 24:
            return self.pick([f"abs({e('i')})", f"min({e('i')}, {e('i')})", f"max({e('i')}, 3)", f"int({e('b')})",
                              f"ord(({e('s')} or 'q')[0])", f"sum({e('li')})", f"round({e('i')})"])
        if n == 25:
            return f"sum([{self.expr_in(scope, 'q', 'i')} for q in {self.pick([e('li'), 'range(4)'])}]) % 1009"
        if n == 26:
            return f"(({e('i')}) % 11) ** {self.pick(['2', '3', '0'])}"
        if n == 30:
            return self.odd_int(scope, depth)
        if n == 31:
            cls = self.pick(self.classes) if self.classes else "Base"
            return f"{cls}.k" if self.classes else e("i")
        return self.call(scope, "i", depth) or e("i")

    def expr_in(self, scope, name, kind):
        """An expression over a comprehension's variable."""
        return self.pick([name, f"{name} + 1", f"{name} * 2", f"({name}, 1)[0]", f"{name} - {self.expr(scope, kind, 0)}"])

    def expr_f(self, scope, depth):
        e = lambda k: self.expr(scope, k, depth)
        n = self.r.randrange(16)
        if n == 15:
            return self.pick([
                f"math.{self.pick(['sin', 'cos', 'fabs', 'exp', 'tan', 'atan'])}({e('f')} % 8.0)", f"math.sqrt(abs({e('f')}))",
                f"math.{self.pick(['atan2', 'copysign', 'hypot'])}({e('f')}, {e('f')})", f"min({e('f')}, {e('f')})",
                f"max({e('f')}, {e(self.pick('if'))}, 0.5)", f"min({e('i')}, {e('f')})", f"math.sqrt({e('i')} % 97)",
                f"float({e('i')} % 2**50)", f"abs({e('f')})", f"sum({e('lf')})", f"({e('f')} % 9.0) ** {self.pick(['2', '0.5', '3'])}",
            ])
        if n < 5:
            return f"({e('f')} {self.pick(['+', '-', '*'])} {e('f')})"
        if n < 7:
            return f"({e(self.pick('if'))} {self.pick(['+', '-', '*'])} {e(self.pick('ff'))})"
        if n == 7:
            return f"({e('f')} {self.pick(['/', '//', '%'])} {self.pick(['2.0', '-0.5', '3', e('f'), e('i')])})"
        if n == 8:
            return f"{e('i')} / {self.pick(['4', '3', '2.0', e('i')])}"
        if n == 9:
            return f"-({e('f')})"
        if n == 10:
            name = self.name_of(scope, "lf")
            return f"{name}[{self.index(scope, depth)}]" if name else e("f")
        if n == 11:
            name = self.name_of(scope, "e")
            return f"{name}[({e('i')}) % 4]" if name else e("f")
        if n == 12:
            o = self.member(scope, depth)
            return f"{o}.{self.pick(['z', 'y'])}" if o else e("f")
        if n == 13:
            return self.pick([f"abs({e('f')})", f"float({e('i')})", f"({e('f')} if {e('b')} else {e('f')})"])
        return self.call(scope, "f", depth) or e("f")

    def expr_s(self, scope, depth):
        e = lambda k: self.expr(scope, k, depth)
        n = self.r.randrange(11)
        if n == 10:
            return self.pick(["f'{" + self.pick(sorted(scope.names["i"])) + self.pick([":4d", ":x", "!r", "!s:>6", ""]) + "}{len(LOG)}'[-7:]",
                              f"'-'.join([{e('s')}, {e('s')}])[:9]", f"{e('s')}[{self.pick(['1:', ':-1', '::2'])}]",
                              f"({e('s')} + 'ab')[({e('i')}) % 2]", "t'{len(LOG)}x'.strings[1]", f"({e('s')}).lower()",
                              f"str({e('f')})[:6]", f"repr({e('i')})[-4:]", f"chr({self.pick(['955', '128013', '233'])})"]) if scope.names["i"] else e("s")
        if n < 3:
            return f"({e('s')} + {e('s')})[-9:]"
        if n == 3:
            return f"({e('s')} or 'zz')[{self.pick(['0', '-1', '-1:', ':2', '::-1'])}]"
        if n == 4:
            return "f'{" + e("i").replace("'", '"') + "}'[-5:]" if self.chance(30) else f"str({e('i')})[-5:]"
        if n == 5:
            return f"chr(97 + ({e('i')}) % 20)"
        if n == 6:
            return f"({e('s')} * 2)[:7]"
        if n == 7:
            return f"({e('s')}).{self.pick(['upper()', 'replace(chr(97), chr(98))', 'strip()'])}"
        if n == 8:
            return f"({e('s')} if {e('b')} else {e('s')})"
        return self.call(scope, "s", depth) or e("s")

    def expr_b(self, scope, depth):
        e = lambda k: self.expr(scope, k, depth)
        n = self.r.randrange(12)
        comparison = self.pick(["<", "<=", "==", "!=", ">", ">="])
        if n < 4:
            return f"({e('i')} {comparison} {e(self.pick('iiif'))})"
        if n < 6:
            return f"({e('f')} {comparison} {e(self.pick('fffi'))})"
        if n == 6:
            return f"({e('s')} {self.pick(['==', '!=', '<'])} {e('s')})"
        if n == 7:
            return f"(not {e(self.kind())})"
        if n == 8:
            return f"({e('b')} {self.pick(['and', 'or'])} {e('b')})"
        if n == 9:
            return self.pick([f"({e('s')} in {e('d')})", f"({e('i')} in {e('li')})", f"({e('i')} not in {e('t')})",
                              f"({e('i')} in {e('e')})"])
        if n == 10:
            return f"isinstance({e('o')}, {self.pick(self.classes + ['int', '(int, str)'])})"
        return f"({e(self.kind())} is {self.pick(['None', 'not None', 'True'])})"

    def expr_li(self, scope, depth):
        e = lambda k: self.expr(scope, k, depth)
        return self.pick([
            f"[{e('i')}, {e('i')}, {e('i')}, 4, 5]",
            f"({e('li')} + {e('li')})[-8:]",
            f"[{self.expr_in(scope, 'q', 'i')} for q in {e('li')} if q {self.pick(['>', '!='])} {self.pick(SMALL)}] or [1, 2]",
            f"sorted({e('li')})" if self.chance(50) else f"sorted({e('li')}, key=lambda q: {self.expr_in(scope, 'q', 'i')})",
            f"list(range({self.pick(SMALL)}, 6))",
            f"{e('li')}[:{self.pick(['3', '-1', '9'])}] + [1, 2]",
            f"list(map(lambda q: {self.expr_in(scope, 'q', 'i')}, {e('li')}))",
        ])

    def expr_lf(self, scope, depth):
        e = lambda k: self.expr(scope, k, depth)
        return self.pick([f"[{e('f')}, {e('f')}, 0.5, 1.5, 2.5]", f"[q * 0.5 for q in {e('li')}][-9:] + [0.25] * 5"])

    def expr_d(self, scope, depth):
        e = lambda k: self.expr(scope, k, depth)
        return self.pick([f"{{'a': {e('i')}, 'bc': {e('i')}, 'k': {e('i')}}}",
                          f"{{**{e('d')}, 'a': {e('i')}, 'bc': 2, 'k': 1}}", f"dict(a={e('i')}, bc=3, k=1)"])

    def expr_e(self, scope, depth):
        return f"{{q: q * {self.expr(scope, 'f', depth)} for q in range(4)}}"

    def expr_t(self, scope, depth):
        e = lambda k: self.expr(scope, k, depth)
        return self.pick([f"({e('i')}, {e('i')}, {e('f')})", f"({e('i')}, *{e('t')}[:2])", f"tuple({e('li')}[:3]) + (1, 2, 3)"])

    def expr_o(self, scope, depth):
        if self.chance(40):
            return self.new_object(scope, depth)
        return self.name_of(scope, "o") or self.new_object(scope, depth)

    def expr_lo(self, scope, depth):
        e = lambda k: self.expr(scope, k, depth)
        return self.pick([f"[{e('o')}, {e('o')}, {e('o')}]", f"({e('lo')} + {e('lo')})[-6:]"])

    def expr_ba(self, scope, depth):
        return self.pick([f"bytearray([({self.expr(scope, 'i', depth)}) % 256, 1, 2, 3, 4])", "bytearray(b'hello')"])

    def expr_ar(self, scope, depth):
        return self.pick([f"array('d', {self.expr(scope, 'lf', depth)} + [0.5] * 5)", "array('q', [1, 2, 2**48 - 2, -(2**62), 5])",
                          f"array('h', [({self.expr(scope, 'i', depth)}) % 1000, 1, 2, 3, 4])"])

    # Statements.

    def block(self, scope, size):
        self.indent += 1
        before = len(self.lines)
        for _ in range(size):
            self.statement(scope)
        if len(self.lines) == before:
            self.line("pass")
        self.indent -= 1

    def assign(self, scope):
        kind = self.kind()
        names = [n for n in sorted(scope.names.get(kind, ())) if n not in scope.fixed]
        if not names:
            kind = "i"
            names = [n for n in sorted(scope.names.get(kind, ())) if n not in scope.fixed]
        if not names:
            return self.line(f"LOG.append({self.expr(scope, 'i', 1)}) if len(LOG) < 9 else 0")
        name = self.pick(names)
        if kind in "if" and self.chance(40):
            op = self.pick(["+=", "-=", "+=", "^=", "|="]) if kind == "i" else self.pick(["+=", "-=", "*="])
            # An int that is multiplied by what grows with it would soon have more digits than there is time for.
            value = self.pick(FACTORS) if op == "*=" else self.expr(scope, kind, 2)
            return self.line(f"{name} {op} {value}")
        if len(names) > 1 and self.chance(8):
            other = self.pick(names)
            return self.line(f"{name}, {other} = {other}, {self.expr(scope, kind, 2)}")
        self.line(f"{name} = {self.expr(scope, kind, 3)}")

    def store(self, scope):
        n = self.r.randrange(10)
        if n == 9:
            name = self.name_of(scope, self.pick(["ba", "ar", "ar"]))
            if name:
                return self.line(f"{name}[{self.index(scope, 1)}] = {self.expr(scope, self.pick('iiif'), 1)}"
                                 + self.pick([" % 100", "", " & 127"]))
        if n < 2:
            name = self.name_of(scope, "li")
            if name:
                return self.line(f"{name}[{self.index(scope, 1)}] = {self.expr(scope, 'i', 2)}")
        elif n == 2:
            name = self.name_of(scope, "lf")
            if name:
                return self.line(f"{name}[{self.index(scope, 1)}] = {self.expr(scope, 'f', 2)}")
        elif n == 3:
            name = self.name_of(scope, "d")
            if name:
                op = self.pick(["=", "+="])
                return self.line(f"{name}[{self.pick(STRS[1:3] + STRS[7:])}] {op} {self.expr(scope, 'i', 2)}")
        elif n == 4:
            name = self.name_of(scope, "li")
            if name:
                return self.line(f"{name}.append({self.expr(scope, 'i', 2)}) if len({name}) < 40 else {name}.pop()")
        else:
            o = self.member(scope, 1)
            if o:
                attribute = self.pick(["x", "x", "y", "z", "p"])
                kind = "f" if attribute == "z" else "i"
                op = self.pick(["=", "=", "+="])
                if self.chance(3):
                    return self.line(f"del {o}.{self.pick(['x', 'y', 'w'])}")
                if self.chance(10):
                    attribute = "w"
                    op = "="
                return self.line(f"{o}.{attribute} {op} {self.expr(scope, kind, 2)}")
        self.assign(scope)

    def statement(self, scope):
        if self.budget <= 0:
            return self.line(f"{self.pick(sorted(scope.names['i'] - scope.fixed) or ['LOG'])}{'' if scope.names['i'] - scope.fixed else '[:]'} = {self.pick(SMALL) if scope.names['i'] - scope.fixed else '()'}")
        self.budget -= 1
        if scope.focus and self.chance(30):
            return self.around(scope)
        if self.chance(6):
            return self.odd_statement(scope)
        n = self.r.randrange(100)
        if n < 36:
            return self.assign(scope)
        if n < 52:
            return self.store(scope)
        if n < 64:
            self.line(f"if {self.expr(scope, 'b', 2)}:")
            self.block(scope, self.r.randrange(1, 3))
            if self.chance(40):
                self.line("else:")
                self.block(scope, self.r.randrange(1, 3))
            return
        if n < 73 and scope.loops < 3:
            return self.loop(scope, self.r.randrange(2, 7))
        if n < 79:
            return self.try_block(scope)
        if n < 82 and scope.loops:
            self.line(f"if {self.expr(scope, 'b', 1)}:")
            self.indent += 1
            self.line(self.pick(["continue", "break", "continue"]))
            self.indent -= 1
            return
        if n < 86:
            names = sorted(scope.names["i"])
            if scope.turn and self.chance(60):
                self.line(f"if {scope.turn} {self.pick(['==', '==', '>', '%'])} {self.late()}:")
            else:
                self.line(f"if {self.pick(names)} == {self.pick(SMALL)}:" if self.chance(50) else f"if {self.expr(scope, 'b', 1)}:")
            self.indent += 1
            self.mutation(scope)
            self.indent -= 1
            return
        if n < 88:
            a, b = self.pick(sorted(scope.names["i"] - scope.fixed) or ["_"]), self.pick(sorted(scope.names["f"] - scope.fixed) or ["_"])
            if a != b:
                return self.line(f"{a}, *_, {b} = {self.expr(scope, 't', 2)}")
        if n < 90 and not scope.is_generator:
            self.line(f"with Guard({self.expr(scope, 'b', 1)}):")
            return self.block(scope, self.r.randrange(1, 3))
        if n < 92 and self.generators and scope.loops < 2 and scope.level > 1:
            q = self.fresh("q")
            self.line(f"for {q} in {self.pick(self.generators)}({self.pick(SMALL)}, {self.expr(scope, 'i', 1)}):")
            names = sorted(scope.names["i"] - scope.fixed)
            self.indent += 1
            self.line(f"{self.pick(names)} ^= {q}" if names else "pass")
            self.indent -= 1
            return
        if n < 94:
            g = self.fresh("g")
            i = self.pick(sorted(scope.names["i"]))
            self.line(f"{g} = lambda q, r={self.expr(scope, 'i', 1)}: {self.pick(['q + r', 'q - ' + i, i, 'r'])}")
            names = sorted(scope.names["i"] - scope.fixed)
            if names:
                self.line(f"{self.pick(names)} = {g}({self.expr(scope, 'i', 1)})")
            return
        if n < 96 and not scope.is_generator and scope.loops:
            self.line(f"if {self.expr(scope, 'b', 1)} and {self.expr(scope, 'b', 1)}:")
            self.indent += 1
            self.line(f"return {self.expr(scope, self.kind(), 1)}")
            self.indent -= 1
            return
        self.assign(scope)

    def loop(self, scope, times):
        scope.loops += 1
        size = self.r.randrange(1, 5)
        n = self.r.randrange(11)
        v = self.fresh("i")
        if n == 10:
            o = self.fresh("o")
            self.line(f"for {o} in {self.expr(scope, 'lo', 2)}:")
            scope.names["o"] |= {o}
            self.block(scope, size)
        elif n == 9:
            s = self.fresh("s")
            self.line(self.pick([f"for {s}, {v} in ({self.expr(scope, 'd', 1)}).items():",
                                 f"for {v}, {s} in enumerate({self.expr(scope, 's', 1)}):",
                                 f"for {s}, {v} in zip({self.expr(scope, 's', 1)}, {self.expr(scope, 'li', 1)}):"]))
            scope.names["i"] |= {v}
            scope.names["s"] |= {s}
            self.block(scope, size)
        elif n == 8:
            f = self.fresh("f")
            self.line(f"for {f} in {self.expr(scope, self.pick(['lf', 'ar']), 2)}[:{times}]:")
            scope.names["f"] |= {f}
            self.block(scope, size)
        elif n < 4:
            r = f"range({times})" if self.chance(60) else f"range({self.pick(SMALL)}, {times})"
            if self.chance(15):
                r = self.pick([f"range({times}, 0, -1)", f"range(0, {3 * times}, 3)", f"range(2**48 - 3, 2**48 - 3 + {times})",
                               f"enumerate({self.expr(scope, 'li', 1)}[:{times}])"])
            if r.startswith("enumerate"):
                w = self.fresh("i")
                self.line(f"for {v}, {w} in {r}:")
                scope.names["i"] |= {w}
            else:
                self.line(f"for {v} in {r}:")
            scope.names["i"] |= {v}
            self.block(scope, size)
        elif n < 6:
            self.line(f"for {v} in {self.expr(scope, 'li', 2)}[:{times}]:")
            scope.names["i"] |= {v}
            self.block(scope, size)
        else:
            self.line(f"{v} = 0")
            scope.names["i"] |= {v}
            scope.fixed |= {v}
            self.line(f"while {v} < {times}{self.pick([' and ' + self.expr(scope, 'b', 1), '', ''])}:")
            self.indent += 1
            self.line(f"{v} += 1")
            self.indent -= 1
            self.block(scope, size)
        if self.chance(15):
            self.line("else:")
            self.block(scope, 1)
        scope.loops -= 1

    def try_block(self, scope):
        self.line("try:")
        self.block(scope, self.r.randrange(1, 3))
        if self.chance(30):
            self.indent += 1
            self.line(f"if {self.expr(scope, 'b', 1)}:")
            self.line(f"    raise {self.pick(['ValueError', 'KeyError', 'ZeroDivisionError'])}({self.expr(scope, 'i', 1)})")
            self.indent -= 1
        handled = self.chance(80)
        if handled:
            self.line(f"except {self.pick(['ZeroDivisionError', 'ValueError', 'ArithmeticError', '(TypeError, IndexError)', 'Exception', 'LookupError'])} as err:")
            self.indent += 1
            if self.chance(60):
                self.line("LOG.append(str(err)[:80]) if len(LOG) < 20 else 0")
            self.indent -= 1
            self.block(scope, 1)
        if not handled or self.chance(20):
            self.line("finally:")
            self.block(scope, 1)

    # Definitions.

    def locals_of(self, scope, how_many):
        for _ in range(how_many):
            kind = self.kind()
            name = self.fresh(kind)
            self.line(f"{name} = {self.expr(scope, kind, 1)}")
            scope.names[kind] |= {name}

    def result(self, scope, kind):
        return self.expr(scope, kind, 2)

    def function(self, level, kinds, result, statements, owner=None):
        names = {k: set() for k in KINDS}
        parameters = []
        defaults = self.r.randrange(min(len(kinds), 2) + 1)
        for i, kind in enumerate(kinds):
            name = f"p{i}"
            names[kind] |= {name}
            scope0 = Scope({k: set() for k in KINDS}, 0, 0)
            is_default = i >= len(kinds) - defaults
            parameters.append(f"{name}={self.literal_of(scope0, kind)}" if is_default else name)
        name = self.fresh("h")
        scope = Scope(names, level, 3)
        self.line(f"def {name}({', '.join(parameters)}):")
        self.indent += 1
        if not names["i"]:
            self.line("n0 = 1")
            names["i"] |= {"n0"}
        self.budget = statements * 2
        if statements:
            self.locals_of(scope, self.r.randrange(2))
        self.indent -= 1
        self.block(scope, statements) if statements else None
        self.indent += 1
        self.line(f"return {self.result(scope, result)}")
        self.indent -= 1
        self.functions[name] = (kinds, defaults, result, level)
        self.line("")

    def literal_of(self, scope, kind):
        return "None" if kind == "o" else self.literal(scope, kind, 0)

    def class_(self, number):
        name = f"C{number}"
        bases = ["Base"] + (self.classes[-1:] if self.chance(60) else [])
        base = bases[-1]
        slots = base == "Base" and self.chance(15)
        self.line(f"class {name}({base}):")
        self.indent += 1
        if slots:
            self.line("__slots__ = ('x', 'y', 'z')")
        self.line(f"k = {self.pick(SMALL)}")
        order = self.r.sample(ATTRS, 3)
        values = {"x": "a", "y": "b", "z": self.pick(["0.5", "a * 0.5", "1.0"])}
        if base == "Base" or self.chance(50):
            self.line(f"def __init__(self, a, b={self.pick(SMALL)}):")
            self.indent += 1
            if base != "Base" and self.chance(60):
                self.line("super().__init__(a, b)")
            else:
                for attribute in order:
                    self.line(f"self.{attribute} = {values[attribute]}")
            if self.chance(20):
                self.line("self.w = [a]")
            self.indent -= 1
        for m in range(3):
            if base != "Base" and self.chance(50):
                continue
            self.line(f"def m{m}(self, q{self.pick(['', '=2'])}):")
            self.indent += 1
            names = {k: set() for k in KINDS}
            names["i"] |= {"q", "self.x", "self.y"} - (set() if self.chance(70) else {"self.y"})
            names["f"] |= {"self.z"}
            scope = Scope(names, 1, 1)
            scope.loops = 2
            for _ in range(self.r.randrange(3)):
                attribute = self.pick(["x", "y", "z"])
                self.line(f"self.{attribute} {self.pick(['=', '+='])} {self.expr(scope, 'f' if attribute == 'z' else 'i', 2)}")
            if m and self.chance(30):
                self.line(f"return self.m{m - 1}(q) + {self.pick(SMALL)}")
            elif base != "Base" and self.chance(30):
                self.line(f"return super().m{m}(q) + 1")
            else:
                self.line(f"return {self.expr(scope, 'i', 2)}")
            self.indent -= 1
        if base == "Base" or self.chance(30):
            self.line("@property")
            self.line("def p(self):")
            self.line(f"    return {self.pick(['self.x', 'self.x + self.y', 'self.k', '3'])}")
            if self.chance(90):
                self.line("@p.setter")
                self.line("def p(self, v):")
                self.line(f"    self.{self.pick(['x', 'y'])} = v")
        if self.chance(20):
            self.line(self.pick(["def __bool__(self):", "def __len__(self):"]))
            self.line("    return self.x > 0" if "bool" in self.lines[-1] else "    return 3")
        if self.chance(25):
            self.line("def __add__(self, other):")
            self.line("    return self.x + (other.x if isinstance(other, Base) else 1)")
        if self.chance(20):
            self.line("def __eq__(self, other):")
            self.line("    return self.x == getattr(other, 'x', other)")
            self.line("__hash__ = None")
        self.indent -= 1
        self.line("")
        self.classes.append(name)

    def generator(self):
        name = self.fresh("gen")
        names = {k: set() for k in KINDS}
        names["i"] |= {"n", "a", "i"}
        scope = Scope(names, 1, 1)
        scope.fixed |= {"n", "i"}
        scope.is_generator = True
        scope.loops = 1
        self.line(f"def {name}(n, a):")
        self.indent += 1
        self.line("for i in range(n):")
        self.budget = 4
        self.block(scope, self.r.randrange(0, 3))
        self.line(f"    yield {self.expr(scope, 'i', 2)}")
        if self.chance(30):
            self.line(f"yield from range({self.pick(SMALL)})")
        self.indent -= 1
        self.line("")
        self.generators.append(name)

    def main(self, number):
        names = {k: set() for k in KINDS}
        names["i"] |= {"n"}
        scope = Scope(names, 9, 12)
        scope.fixed |= {"n"}
        name = f"main{number}"
        self.line(f"def {name}(n, a0, b0):")
        self.indent += 1
        names["i"] |= {"a0"}
        names["i" if self.chance(50) else "f"] |= {"b0"}
        if self.chance(40):
            shared = [g for gs in self.globals.values() for g in sorted(gs)]
            if shared:
                g = self.pick(shared)
                self.line(f"global {g}")
                for kind, ns in self.globals.items():
                    if g in ns:
                        names[kind] |= {g}
        self.locals_of(scope, self.r.randrange(4, 9))
        if self.chance(70):
            a, b, cls = self.fresh("o"), self.fresh("o"), self.pick(self.classes)
            self.line(f"{a} = {cls}({self.expr(scope, 'i', 1)})")
            self.line(f"{b} = {self.pick([a, a, self.new_object(scope, 1), cls + '(1)'])}")
            scope.names["o"] |= {a, b}
            scope.focus = (a, b, cls)
        if self.chance(30):
            cell = self.pick(sorted(names["i"] - scope.fixed))
            if cell not in {g for gs in self.globals.values() for g in gs}:
                self.line("def inner(q=1):")
                self.line(f"    nonlocal {cell}")
                self.line(f"    {cell} = {self.pick([cell + ' + q', 'q', cell + ' ^ 5'])}")
                self.line(f"    return {cell}")
                self.functions["inner"] = (("i",), 1, "i", 8)
        self.line("trace = 0")
        self.budget = 26
        v = self.fresh("i")
        scope.loops = 1
        if self.chance(75):
            self.line(f"for {v} in range(n):")
            names["i"] |= {v}
        else:
            self.line(f"{v} = 0")
            names["i"] |= {v}
            scope.fixed |= {v}
            self.line(f"while {v} < n:")
            self.line(f"    {v} += 1")
        scope.turn = v
        # Where an exception ends a turn, the next ones make the code hot nevertheless.
        goes_on, traced = self.chance(65), sorted(scope.names["i"] - {"n", v})
        self.indent += 1
        if goes_on:
            self.line("try:")
            self.block(scope, self.r.randrange(4, 9))
            if traced:
                self.line(f"    trace = (trace * 31 + {' - '.join(self.r.sample(traced, min(len(traced), 3)))}) % (2**40 + 15)")
            self.line("except Exception as err:")
            self.line(self.pick(["    trace = trace * 3 % 1000003 + len(str(err))", "    LOG.append(str(err)[:80]) if len(LOG) < 20 else 0",
                                 f"    trace = (trace * 3 + {v}) % 1000003"]))
        else:
            self.indent -= 1
            self.block(scope, self.r.randrange(4, 9))
            self.indent += 1
        self.indent -= 1
        scope.turn = None
        scope.loops = 0
        self.functions.pop("inner", None)
        everything = sorted({x for ns in names.values() for x in ns if "." not in x} - {v} | {"trace"})
        kept = [x for x in everything if x in self.bound_names(everything)]
        self.line(f"return ({', '.join(kept)},)")
        self.indent -= 1
        self.line("")
        return name

    def bound_names(self, names):
        """Those that are surely bound: assigned at the function's own level."""
        start = max(i for i, l in enumerate(self.lines) if l.startswith("def main"))
        bound = set("n a0 b0 trace".split()) | {g for gs in self.globals.values() for g in gs}
        for l in self.lines[start:]:
            if l.startswith("    ") and not l.startswith("     ") and " = " in l:
                bound.add(l.strip().split(" = ")[0])
        return bound & set(names)

    def module_loop(self):
        """A loop at module level."""
        names = {k: set() for k in KINDS}
        names["i"] |= {"m0"}
        scope = Scope(names, 9, 4)
        self.line("try:")
        self.indent += 1
        self.line("m0 = 1")
        self.locals_of(scope, 3)
        self.line("for m1 in range(25):")
        names["i"] |= {"m1"}
        scope.loops = 2
        scope.is_generator = True
        self.budget = 8
        self.block(scope, self.r.randrange(2, 5))
        self.line(f"print('module', {', '.join('show(' + n + ')' for n in sorted(set().union(*names.values())))})")
        self.indent -= 1
        self.line("except Exception as error:")
        self.line("    print('module', type(error).__name__, error)")
        self.line("LOG.clear()")

    def program(self):
        for line in PRELUDE.split("\n"):
            self.line(line)
        scope0 = Scope({k: set() for k in KINDS}, 0, 0)
        for kind in ("i", "i", "f", "li", "s"):
            name = "G" + self.fresh(kind)
            self.line(f"{name} = {self.literal(scope0, kind, 0)}")
            self.globals.setdefault(kind, set()).add(name)
        self.globals = {k: sorted(v) for k, v in self.globals.items()}
        self.line("")
        for i in range(self.r.randrange(2, 4)):
            self.class_(i)
        for level in range(1, self.r.randrange(3, 6)):
            kinds = [self.kind() for _ in range(self.r.randrange(1, 4))]
            self.function(level, kinds, self.pick("iiifs"), self.r.randrange(0, 4))
        self.generator()
        mains = [self.main(i) for i in range(2)]
        for main in mains:
            self.line(f"for arguments in [({self.pick(['30', '40'])}, 1, 2), (35, {self.pick(INTS)}, {self.pick(FLOATS)}), (3, 0, 1)]:")
            self.line(f"    run({main}, *arguments)")
        if self.chance(50):
            self.module_loop()
        return SHARED + (ASYNCHRONOUS if self.asynchronous else "") + "\n".join(self.lines) + "\n"


def program(seed):
    return Maker(seed).program()


if __name__ == "__main__":
    import sys

    print(program(int(sys.argv[1])), end="")
