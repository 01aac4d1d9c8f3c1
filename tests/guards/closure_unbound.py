def f(n):
    x = 1

    def get():
        return x

    out = []
    for i in range(n):
        try:
            out.append(get())
            if i == 13:
                del x
            x
        except NameError as e:
            out.append(str(e))
            x = i
    return out


print(f(20))
