def f(n):
    out = []
    for i in range(n):
        try:
            raise ExceptionGroup("g", [ValueError(i), TypeError(i)] if i % 2 else [ValueError(i)])
        except* ValueError as e:
            out.append(len(e.exceptions))
        except* TypeError as e:
            out.append("t")
    return out


print(f(20))
