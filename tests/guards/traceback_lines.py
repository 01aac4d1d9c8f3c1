import traceback


def g(x):
    if x == 25:
        raise ValueError(x)
    return x


def f(n):
    s = 0
    for i in range(n):
        s += g(i) \
            + g(
                i + 1
            )
    return s


try:
    f(40)
except ValueError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_lasti >= 0)
        tb = tb.tb_next
    print("".join(traceback.format_exception(e)).replace(__file__, "FILE"))
