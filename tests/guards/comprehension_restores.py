# A comprehension's variable hides the function's own, also when it raises.
def f(n):
    x = "outer"
    out = []
    for i in range(n):
        try:
            out.append([10 // (x - 3) for x in range(i)])
        except ZeroDivisionError as e:
            out.append(str(e))
        out.append(x)
    return out


print(f(14)[-4:])
