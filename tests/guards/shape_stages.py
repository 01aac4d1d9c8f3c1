class Stone:
    def __init__(self, n):
        self.n = n

    def get(self):
        return self.n


def read(s):
    return s.n + s.get()


def write(s, v):
    s.n = v


stones = [Stone(i) for i in range(6)]
for i, s in enumerate(stones):
    if i % 2:
        s.left = i
    if i % 3 == 0:
        s.right = i
out = []
for k in range(30):
    s = stones[k % 6]
    write(s, k)
    out.append(read(s))
    if k == 20:
        s.late = 1
print(out, [vars(s) for s in stones])


class Other:
    n = 7

    def get(self):
        return -1


print(read(Other()), read(Stone(2)))
other = Other()
write(other, 3)
print(read(other), vars(other))
