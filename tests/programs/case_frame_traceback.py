# A frame got from an exception by way of its traceback.
def caller():
    x = "caller's"
    try:
        1 / 0
    except ZeroDivisionError as e:
        return e.__traceback__.tb_frame


def middle():
    y = "middle's"
    return caller()


def peek():
    try:
        1 / 0
    except ZeroDivisionError as e:
        return e.__traceback__.tb_frame.f_back


def observed():
    here = "observed's"
    frame = peek()
    return frame, frame.f_locals["here"], frame.f_code.co_name, frame.f_lineno


frame, here, name, line = observed()
print(here, name, line, frame.f_back.f_code.co_name)
frame = middle()
print(frame.f_code.co_name, frame.f_locals["x"], frame.f_back.f_code.co_name)


def fail(n):
    local = n * 10
    if n:
        fail(n - 1)
    raise ValueError(n)


try:
    fail(2)
except ValueError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_lasti >= 0, tb.tb_frame.f_lineno, sorted(tb.tb_frame.f_locals)[:2] if tb.tb_frame.f_code.co_name == "fail" else "",
              tb.tb_frame.f_locals.get("local"), tb.tb_frame.f_back.f_code.co_name if tb.tb_frame.f_back else None)
        tb = tb.tb_next


# The old trick, for Pythons without sys._getframe.
def currentframe():
    try:
        raise Exception
    except Exception as e:
        return e.__traceback__.tb_frame.f_back


def uses():
    return currentframe().f_code.co_name


print(uses(), currentframe().f_code.co_name, currentframe().f_lineno)
