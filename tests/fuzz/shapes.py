"""What the programs of generate.py are to have that they would seldom have by chance."""
from words import KINDS, MASKS, STRS


class Shapes:
    """A part of generate.Maker."""

    def odd_int(self, scope, depth):
        """What few programs would have otherwise."""
        e = lambda k: self.expr(scope, k, depth)
        return self.pick([
            f"int({e('f')} if -1e15 < {self.name_of(scope, 'f') or '0.5'} < 1e15 else 0.5)",
            f"int(({e('f')} or 1.0) % 1000.0)",
            f"math.{self.pick(['floor', 'ceil', 'trunc'])}({e('f')} % 64.0)", f"round({e('f')} % 64.0)",
            f"divmod({e('i')}, {self.pick(['3', '-7', e('i')])})[{self.pick('01')}]",
            f"min({e('i')}, {e('i')}, {e('i')})", f"max({e('i')}, {e('i')})", f"min({e('i')}, 2)",
            f"abs({e('b')})", f"abs({e('i')})", f"int(({e('s')}).isalpha())", f"len({e('ba')})", f"len({e('t')})",
            f"({e('s')}).{self.pick(['startswith', 'endswith', 'find', 'count'])}({self.pick(STRS[1:])})",
            f"ord({self.pick(['chr(97)', STRS[1], STRS[4][:-2] + chr(39), 'chr(8364)'])})",
            f"len({{{e('i')}, {e('i')}, 3}})", f"len({{*({e('li')}), 3}})", f"sum({{q % 5 for q in {e('li')}}})",
            f"int({e('i')} in {{1, 2, {e('i')}}})", f"getattr({e('o')}, 'x', {e('i')})", f"getattr({e('o')}, 'y')",
            f"int(hasattr({e('o')}, 'w'))", f"(lambda q: q {self.pick(['+', '-', '^'])} {e('i')})({e('i')})",
            f"{e('li')}[{self.pick(['-1:', ':2', '::2', '1:3:1', '::-1'])}][0]", f"hash({e('i')}) % 97",
            f"next(iter({e('li')}), {e('i')})", f"sum(q for q in {e('li')}) % 1009", f"max({e('li')}, key=lambda q: -q)",
            f"sum(a * b for a, b in zip({e('li')}, {e('li')})) % 1009", f"any(q > 2 for q in {e('li')})",
            f"pow({e('i')} % 7, 2)", f"(-({e('b')}))", f"(~({e('b')}))", f"({e('d')}).setdefault('a', {e('i')})", f"int(f'{{({e('i')}):5d}}') % 97",
        ]).replace("\n", "")

    def around(self, scope):
        """Statements about one object, its class and its methods: loads and stores that may be the same field's, calls,
        a value or a function that changes."""
        a, b, cls = scope.focus
        if self.chance(50):
            a, b = b, a
        names = sorted(scope.names["i"] - scope.fixed)
        if not names:
            return self.store(scope)
        i, j = self.pick(names), self.pick(sorted(scope.names["i"]))
        x = self.pick(["x", "x", "y"])
        e = lambda k, depth=1: self.expr(scope, k, depth)
        m = f"m{self.r.randrange(3)}"
        line = self.line
        n = self.r.randrange(17)
        if n == 16:
            # What the class has for all its objects changes, now and then or once.
            if self.chance(40):
                use, change = f"{self.pick([a, b, cls])}.k", self.pick([f"{cls}.k += 1", f"{cls}.k = {e('i')}"])
            else:
                use, change = f"{a}.{m}({e('i')})", f"{cls}.{m} = lambda self, q=1: {self.pick(['q', 'self.x', 'q + 1', 'self.y - q', '7'])}"
            line(f"{i} {self.pick(['+=', '^='])} {use}")
            line(f"if {scope.turn or j} {self.pick(['==', '==', '>', '%'])} {self.late()}:")
            line(f"    {change}")
            if self.chance(50):
                line(f"{i} {self.pick(['-=', '^='])} {use}")
        elif n < 3:
            line(f"{i} {self.pick(['+=', '^=', '='])} {a}.{m}({e('i')})")
        elif n < 5:
            line(f"{a}.{x} = ({a}.{x} + {j}) % ({self.pick(MASKS)})")
            line(f"{i} ^= {b}.{x}")
        elif n == 5:
            line(f"{i} = {a}.{x}")
            line(f"if {e('b')}:")
            line(f"    {b}.{x} = {e('i')}")
            line(f"{i} {self.pick(['+=', '-=', '='])} {a}.{x}")
        elif n < 8 and scope.loops < 3:
            v = self.fresh("i")
            line(f"for {v} in range({self.pick(['4', '12', '9'])}):")
            scope.names["i"] |= {v}
            line(f"    {a}.{x} {self.pick(['+=', '-=', '^='])} {self.pick([v, j, b + '.y', '1'])}")
            self.indent += 1
            line(self.pick([f"{i} += {b}.{x}", f"if {a}.{x} > {self.pick(['40', '5', '2**47'])}: {self.pick(['break', 'peek()', i + ' += 1'])}",
                            f"{i} ^= {v}", f"{b}.{x} = {v}",
                            f"{i} = {b}.{m}({v})", f"{a}.z = {a}.z * 0.5 + {v}"]))
            if self.chance(40):
                line(f"{i} ^= {self.pick([a, b])}.{self.pick(['x', 'y'])}")
            self.indent -= 1
        elif n == 8:
            made = self.fresh("o")
            line(f"{made} = {cls}({e('i')}, {e(self.pick('if'))})")
            line(f"{i} {self.pick(['+=', '^='])} {made}.{x} + {made}.{m}({self.pick([j, '1'])})")
        elif n == 9:
            other = self.pick(self.classes)
            c = self.fresh("c")
            line(f"{c} = {cls} if {scope.turn or j} < {self.late()} else {other}")
            line(self.pick([f"{i} += {c}.k", f"{i} ^= {c}({j}).{x}", f"{i} += isinstance({a}, {c})"]))
        elif n == 10:
            fits = sorted(f for f, (kinds, _, result, level) in self.functions.items() if level < scope.level and result == "i")
            if scope.calls > 0 and fits:
                f = self.pick(fits)
                g = self.pick([g for g in fits if self.functions[g][0] == self.functions[f][0]])
                scope.calls -= 1
                c = self.fresh("c")
                line(f"{c} = {f} if {scope.turn or j} < {self.late()} else {g}")
                line(f"{i} ^= {c}({', '.join(e(k) for k in self.functions[f][0])})")
        elif n == 11:
            self.limit(scope, i)
        elif n == 12:
            line(f"{a}.p {self.pick(['=', '+='])} {e('i')}")
            line(f"{i} += {b}.p")
        elif n == 13:
            line(f"{i} = {a}.{x} + {b}.{x} + {a}.{x}")
        elif n == 14:
            line(f"{a}.z = {e('f', 2)}")
            line(f"{i} += ({a}.z {self.pick(['>', '<', '=='])} {b}.z)")
        else:
            line(f"{b} = {self.pick([a, cls + '(' + j + ')', b, a])}")

    def limit(self, scope, i):
        """A number that stands for one too large to count, until there is another, or the other way round."""
        low, high = self.pick(["0", "3", "-(2**48)", "7"]), self.pick(["2**48 - 2", "2**47", "2**48 - 40", "2**40", "2**48 - 1"])
        # For some turns all numbers are small ones.
        late = f"{scope.turn} < {self.late()}" if scope.turn and self.chance(50) else self.expr(scope, "b", 1)
        t = self.fresh("i")
        if self.chance(50):
            self.line(f"{t} = {low} if {late} else {high}")
        else:
            self.line(f"{t} = {high}")
            self.line(f"if {late}:")
            self.line(f"    {t} = {self.pick([low, self.expr(scope, 'i', 1)])}")
        self.line(f"{i} = {t} {self.pick(['+', '-', '*', '+', '<<'])} {self.pick(['5', '41', '3', '1'])}")
        scope.names["i"] |= {t}

    def recurrence(self, scope, i):
        """Numbers made of those before them, some of which grow: more turns each time, so that all are small at first."""
        if scope.loops > 1:
            return self.limit(scope, i)
        a, b, n = self.fresh("i"), self.fresh("i"), scope.turn or self.pick(sorted(scope.names["i"]))
        self.line(f"{a}, {b} = {self.pick(['0, 1', '1, 1', '2, 2**30', '1, -3', '3, 2**40'])}")
        turns = self.pick([f"({n} & 31) * {self.pick('123')}", f"{n} % {self.pick(['50', '90'])}"])
        if self.chance(70):
            self.line(f"for q in range({turns}):")
        else:
            q = self.fresh("i")
            self.line(f"{q} = {turns}")
            self.line(f"while {q} > 0:")
            self.line(f"    {q} -= 1")
        self.line("    " + self.pick([f"{a}, {b} = {b}, {a} + {b}", f"{a}, {b} = {b}, {b} + {self.pick(['2**44', '7', '2**46', a])}", f"{b} += {b}",
                                      f"{a} += {b}; {b} += {self.pick(['2**43', '1', a])}", f"{b} = {b} - {a} if {b} > {a} else {b} + 2**45",
                                      f"{a}, {b} = {b}, 3 * {b} - {a}"]))
        self.line(f"{i} ^= {self.pick([a, b, f'{a} - {b}'])}")

    def bits(self, scope, i, j):
        """Sets of bits, words packed into one, and what shifts numbers to mix them up."""
        new, turn = self.fresh("i"), scope.turn or j
        e = lambda: self.expr(scope, "i", 1)
        width = self.pick(["8", "16", "5", "20", "32", "40"])
        if scope.loops > 2:
            return [f"{i} ^= 1 << {turn} % 60"]
        return self.pick([
            [f"{new} = 1 << {turn} % {self.pick(['48', '64', '47', '30'])}", f"{i} ^= ({new} << {width}) | {new} - 1"],
            [f"{new} = ({turn} & 63) << {width} | {e()} & {self.pick(['255', '65535', '1'])}", f"{i} ^= {new} << {width}"],
            [f"{new} = {self.pick(['1', '3', turn])}", f"for q in range({self.pick(['3', '5'])}):", f"    {new} = {new} << {width} | {e()} & 15",
             f"{i} ^= {new} % ({self.pick(MASKS)})"],
            [f"{new} = {turn} + 1 << {width}", f"if {new} & 1 << {turn} % 40:", f"    {i} += {new} >> {width}", f"{i} ^= {new} << {width}"],
            [f"{new} = ({e()}) & 2**48 - 1", f"{new} ^= ({new} << 13) & ({self.pick(MASKS)})", f"{new} ^= {new} >> 7", f"{i} ^= ({new} << 17) & ({self.pick(MASKS)})"],
        ])

    def odd_statement(self, scope):
        """Statements that few programs would have otherwise."""
        names = sorted(scope.names["i"] - scope.fixed)
        if not names:
            return self.store(scope)
        if self.chance(12):
            return self.pick([self.limit, self.recurrence])(scope, self.pick(names))
        i, j = self.pick(names), self.pick(sorted(scope.names["i"]))
        e = lambda k, depth=1: self.expr(scope, k, depth)
        new = self.fresh("q")
        li, d, o = (self.name_of(scope, k) for k in ("li", "d", "o"))
        few = [[f"match {e(self.pick(['li', 't', 'd', 'o', 'i', 's']))}:", f"    case [{new}, _, *_]:", f"        {i} = {new}",
                "    case {'a': 1}:", f"        {i} += 2", f"    case {self.pick(self.classes)}(x={new}):", f"        {i} ^= {new}",
                f"    case 3 | 4 | 'a':", f"        {i} += 5", "    case _:", f"        {i} -= 1"],
               ["try:", f"    raise ExceptionGroup('g', [ValueError({j}), KeyError(1)])", f"except* {self.pick(['ValueError', 'LookupError', '(ValueError, KeyError)'])} as err:",
                f"    {i} += len(err.exceptions)", "except* Exception as err:", f"    {i} -= 1"],
               ["import math as mm", f"{i} += mm.gcd({j} % 97, 12)"], ["from math import gcd", f"{i} ^= gcd({j} % 97, 18)"],
               [f"class K{new}:", f"    v: int = {j}", f"    w = v + {self.pick(['1', i])}" if not self.indent else "    w = v + 1", f"{i} ^= K{new}.w"],
               ["try:", f"    assert {e('b')}, {j}", "except AssertionError:", f"    {i} += 1"],
               [f"{new}, {i} = [{e('i')}, {e('i')}]"], [f"{new}, {i} = {e('li')}[:2]"], [f"[{i}, *{new}] = {e('li')}", f"{i} += len({new})"],
               [f"{i}, {new} = divmod({e('i')}, {self.pick(['3', '-5', e('i')])})"],
               [f"for {new} in {{{j}}}:", f"    {i} += {new}"], [f"for {new} in frozenset([{j}]):", f"    {i} ^= {new}"],
               [f"{new} = set()", f"{new}.add({j})", f"{new}.add({e('i')})", f"{i} += len({new})"],
               [f"for {new} in ({e('i')}, {j}, {e('f')}):", f"    {i} += {new} != 3"],
               [f"for {new} in reversed({e('li')}):", f"    {i} ^= {new}"], [f"for {new}, q in zip({e('li')}, {e('lf')}):", f"    {i} += {new} < q"],
               [f"for {new} in map(abs, {e('li')}):", f"    {i} += {new}"], [f"for {new} in range({e('i')} % 9, {self.pick(['20', '-3', '2**48 + 3'])}, {self.pick(['3', '-2', '2**45'])}):", f"    {i} ^= {new}"],
               [f"for {new} in {e('s')}:", f"    {i} += ord({new})"], [f"for {new} in {e('ba')}:", f"    {i} ^= {new}"], [f"for {new} in {e('ar')}:", f"    {i} += {new} > {j}"],
               [f"{new} = {e('d')}", f"{new}[{self.pick(STRS[1:4])}] = {e('i')}", f"del {new}['a']", f"{i} += len({new})", f"{i} += {new}.pop('bc', {j})"],
               [f"for {new} in ({e('d')}).values():", f"    {i} ^= {new}"], [f"for {new} in list({e('d')}):", f"    {i} += {new} in {self.pick(STRS[1:])}"],
               [f"{new} = bytearray({e('i')} % 5 + 3)", f"{new}[{e('i')} % 3] = {e('i')} & 255", f"{i} += {new}[{j} % 3]"],
               ["def gen(n):", f"    got = {j}", "    for k in range(n):", "        try:", "            got = yield got + k", "        except KeyError:", "            got = 5",
                f"{new} = gen(9)", f"next({new})", f"for _ in range({self.pick(['4', '12'])}):", "    try:", f"        {i} ^= {new}.send({e('i')})", "    except StopIteration:", "        break"],
               ["def gen(n):", f"    return (yield from range(n)) or {j}", "def outer(n):", "    for k in range(3):", "        try:", "            got = yield from gen(n)", "            yield got % k", "        except ArithmeticError:", "            yield n", f"for {new} in outer({self.pick(['4', '9'])}):", f"    {i} += {new}"],
               ["async def inner(v):", f"    return v + {j}", "async def outer(n):", "    total = 0", "    for k in range(n):", "        try:", "            total += await inner(k)", f"            total ^= {self.pick(['1', '1 % k', 'await Turns(k) is None'])}", "        except ArithmeticError:", "            total += 2", "    async with Turns(2):",
                "        async for k in Turns(n):", "            total ^= k", "    return total + sum([k async for k in Turns(3)])", f"{i} ^= drive(outer({self.pick(['3', '12'])}))"],
               [f"{new} = (lambda *args, q={j}, **more: len(args) + q + len(more))", f"{i} += {new}({e('i')}, *({e('li')}), **({e('d')}))"],
               [f"{i} = (q := {e('i')}) + q"], [f"{new} = {e('s')}", f"{new} += 'ab'", f"{i} += len({new})"],
               [f"{i} = {j} if {e('s')} else {e('i')}"], [f"{new} = [{i}]", f"{new} *= 3", f"{i} += {new}.index({i})"],
               [f"{new} = array('{self.pick('dfqib')}', range(6))", f"for q in range(6):", f"    {new}[q] {self.pick(['=', '+='])} {self.pick(['q', '1', j + ' & 63', 'q * 3'])}", f"{i} += int({new}[3])"],
               [f"{new} = memoryview(bytearray(b'abcdef'))", f"{i} += {new}[{j} % 6]"],
               [f"{i} = {i} and {e('i')}", f"{i} = {i} or {e('i')}"], [f"{i} += type({e(self.pick(KINDS))}) is {self.pick(['int', 'float', 'list', self.pick(self.classes)])}"],
               ]
        if li:
            few += [[f"{li}[{self.pick(['1:2', ':1', '2:2', '::2'])}] = {e('li')}[:{self.pick(['1', '2'])}]"] if self.chance(50) else [f"{li}[1:2] = [{e('i')}]"],
                    [f"del {li}[{self.pick(['0', '-1', '1:2'])}]", f"{li}.append({e('i')})"], [f"{li}.insert(0, {e('i')})", f"{li}.pop()"], [f"{li}.sort()" + self.pick(["", "; " + li + ".reverse()"])],
                    [f"{li}.extend([{e('i')}]); {li}.pop(0)"], [f"{li}[{self.index(scope, 1)}], {li}[0] = {li}[0], {e('i')}"]]
        if o:
            few += [[f"if hasattr({o}, 'w'):", f"    del {o}.w", "else:", f"    {o}.w = [{j}]"], [f"setattr({o}, 'x', {e('i')})"], [f"{o}.new{self.pick('12')} = {e('i')}"]]
        names = [n for kind, ns in self.globals.items() for n in ns if kind == "i"]
        if names and self.chance(5):
            few = [[f"{i} = globals().pop({names[0]!r}, 1)", "try:", f"    {i} ^= {names[0]}", "except NameError:", f"    {i} += 1", f"globals()[{names[0]!r}] = {j}"]]
        chosen = self.pick(few) if self.chance(92) else self.bits(scope, i, j)
        if any("async" in l or "def " in l for l in chosen) and (scope.loops > 2 or scope.level < 1):
            return self.store(scope)
        self.asynchronous |= any("Turns" in l for l in chosen)
        for l in chosen:
            self.line(l)

    def mutation(self, scope):
        """Something that breaks an assumption."""
        cls = scope.focus[2] if scope.focus and self.chance(60) else self.pick(self.classes)
        functions = list(self.functions)
        choices = [
            f"{cls}.k = {self.expr(scope, self.pick('if'), 1)}",
            f"{cls}.m{self.r.randrange(3)} = lambda self, q: {self.pick(['q', 'self.x', 'q + 1', '0.5', 'self.m0(q)'])}"
            if self.chance(80) else f"{cls}.p = {self.expr(scope, 'i', 1)}",
            f"poke({self.pick([repr(n) for ns in scope.names.values() for n in sorted(ns)] or ['0'])}, {self.expr(scope, self.kind(), 1)})",
            "peek()",
            "peek()",
        ]
        o = self.member(scope, 1)
        if o:
            choices += [f"{o}.__class__ = {cls}", f"{o}.k = {self.expr(scope, 'i', 1)}", f"{o}.__dict__['x'] = 5"]
        names = [(kind, n) for kind, ns in self.globals.items() for n in ns]
        if names:
            kind, name = self.pick(names)
            kind = self.kind() if self.chance(15) else kind
            value = self.expr(scope, kind, 1)
            choices += [f"globals()[{name!r}] = {value}"] * 3
        callable_now = [f for f in functions if self.functions[f][3] < scope.level]
        if len(callable_now) > 1:
            f, g = self.pick(callable_now), self.pick(callable_now)
            if len(self.functions[f][0]) == len(self.functions[g][0]) and self.functions[g][3] <= self.functions[f][3]:
                choices += [f"{f}.__code__ = {g}.__code__"] * 2
            if self.functions[f][1]:
                choices.append(f"{f}.__defaults__ = {f}.__defaults__[:-1] + ({self.expr(scope, 'i', 1)},)")
        self.line(self.pick(choices))
