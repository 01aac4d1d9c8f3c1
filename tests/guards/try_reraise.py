def f(n):
    out = []
    for i in range(n):
        try:
            try:
                if i % 2:
                    raise ValueError(i)
                [][i]
            except ValueError as e:
                out.append("v")
                raise KeyError(i) from e
            except IndexError:
                out.append("i")
                raise
        except (KeyError, IndexError) as e:
            out.append((type(e).__name__, type(e.__cause__).__name__, type(e.__context__).__name__))
    return out[-4:]


print(f(20))
