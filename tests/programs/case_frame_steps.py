# `f_lasti` and `f_lineno` say where a frame is, at each step.
import sys

steps = []


def step(value=None):
    frame = sys._getframe(1)
    steps.append((frame.f_code.co_name, frame.f_lasti, frame.f_lineno))
    return value


def walked():
    step()
    x = step(1)
    if step(x):
        step()
    for i in range(2):
        step(
            i
        )
    return step() or (
        step(),
        step(),
    )


walked()
for s in steps:
    print(s)
steps.clear()


def generator():
    step()
    yield 1
    step()
    yield 2
    step()


g = generator()
print(g.gi_frame.f_lasti, g.gi_frame.f_lineno)
for value in g:
    print(value, g.gi_frame.f_lasti, g.gi_frame.f_lineno, g.gi_frame.f_back)
print(g.gi_frame)
print(steps)
steps.clear()
step(); step()
print([s[2] - steps[0][2] for s in steps], steps[0][1] < steps[1][1], steps[0][0])


def lines(code):
    return [(start, end, line) for start, end, line in code.co_lines()]


print(lines(walked.__code__))
frame = None


def keep():
    global frame
    frame = sys._getframe()
    first = (frame.f_lasti, frame.f_lineno)
    second = (frame.f_lasti, frame.f_lineno)
    return first, second


print(keep())
print(frame.f_lineno, frame.f_lasti, frame.f_code.co_name)
try:
    frame.f_lineno = 1
except ValueError as e:
    print(e)
try:
    frame.f_lasti = 1
except AttributeError as e:
    print(e)


def raising():
    x = 1
    y = 0
    return (x
            / y)


try:
    raising()
except ZeroDivisionError as e:
    tb = e.__traceback__.tb_next
    print(tb.tb_lineno, tb.tb_lasti, tb.tb_frame.f_lineno, tb.tb_frame.f_lasti)
    print(list(raising.__code__.co_positions())[tb.tb_lasti // 2])
