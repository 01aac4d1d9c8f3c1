def f(n):
    out = []
    for i in range(n):

        class C:
            a: int = i

            def get(self):
                return self.a + i

        out.append(C().get())
    return out


print(f(15))
