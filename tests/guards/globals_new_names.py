def f(n):
    s = 0
    for i in range(n):
        globals()[f"g{i}"] = i
        s += len("ab")
        if i == 20:
            globals()["len"] = lambda x: 100
    return s


print(f(30))
del len
print(f(15))
