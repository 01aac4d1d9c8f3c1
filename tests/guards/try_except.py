def f(xs):
    out = []
    for x in xs:
        try:
            out.append(10 // x)
        except ZeroDivisionError:
            out.append("zero")
        except TypeError as e:
            out.append(str(e))
        else:
            out.append("fine")
        finally:
            out.append("|")
    return out


print(f([1, 0, 2] * 6), f([1, "a"] * 6))
try:
    f([1] * 12 + [2.5, None])
    f([[]])
except TypeError as e:
    print(e)
