"""Division of constants: what the compiler computes is what the operator gives."""


def show(*values):
    print(*[(repr(v), type(v).__name__) for v in values])


show(3.0 // 1, 6.0 // 2, 7.0 // 2, 1e300 // 3, 9.0 // 3.0, 2 // 1.0, 1e16 // 1)
show(-3.0 // 1, 3.0 // -1, -6.0 // -2, -7.0 // 2, +3.0 // 1, 0.0 // 1, -0.0 // 1, 0.0 // -3, 0 // 2.0)
show((1.0 + 2) // 3, (2 * 1.5) // 1, (9 / 3) // 1, 2.0 ** 3 // 2, 2 ** 3 // 2.0, (12.0 // 2) // 3, -(6.0 // 2), 10.0 % 4 // 2)
show((10 - 4.0) // 2, (7 // 2) // 1.0, (7 % 4) // 1.0, True // 1.0, 1.0 // True, (1 << 3) // 2.0, (~2) // 1.0, (6 | 1) // 7.0)
show(2 ** 70 // 2.0, 2.0 ** 60 // 2 ** 50, -(2 ** 63) // 1.0, (2 ** 64 - 2 ** 63) // 4.0)
show(divmod(6.0, 2), 6.0 % 2, -6.0 % 2, 6.0 % -2, 1e300 % 3)


def inside(x, y=6.0 // 2):
    if x == 8.0 // 4:
        return y + 4.0 // 2
    return [4.0 // 2, (8.0 // 4, 1), {9.0 // 3: 1}]


show(inside(2.0), inside(1))

show((2 ** 60 + 1) / 3, 33237829919098460414 / 29537, -(2 ** 100 + 1) / 7, 1 / (2 ** 70 + 1), 9007199254740993 / 1, 0 / 7, 0 / -7)

# The same by literals and by variables.
numbers = [0.0, -0.0, 1.0, 2.0, 3.0, -4.0, 0.5, -0.25, 1e16, 1e300, -1e-300, 7.0, 6.0, 49.0, 0.1, 0.3, 1, 3, -7, 2, 2 ** 60, 10 ** 20, 2 ** 53 + 1, -(2 ** 80) - 3]
forms = ["{} // {}", "({}) // ({})", "({} + 1.0) // {}", "(({}) * 2) // ({} - 1)", "({}) // ({}) // 2.0", "-({}) // ({}) % 5.0",
         "(({}) / 2) // ({})", "({}) // (1.0 // ({}))", "(({}) % 7) // ({})", "(({}) ** 2) // ({})", "~({}) // ({})", "{} / {}", "({}) / ({})", "(({}) * 3) / (({}) + 2)"]


def value(text, names):
    try:
        return eval(text, names)
    except (ArithmeticError, TypeError) as e:
        return str(e)


wrong = []
for form in forms:
    by_name = form.format("x", "y")
    for x in numbers:
        for y in numbers:
            got, expected = value(form.format(x, y), {}), value(by_name, {"x": x, "y": y})
            if repr(got) != repr(expected):
                wrong.append((form, x, y, got, expected))
print(len(wrong), wrong[:3])

for text in ("1.0 // 0", "1.0 // 0.0", "1 // 0.0", "(1.0 - 1) // (2 - 2.0)"):
    try:
        eval(text)
    except ZeroDivisionError as e:
        print(text, e)
