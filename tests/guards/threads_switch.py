import sys
import threading

sys.setswitchinterval(1e-5)
total = [0, 0]


def f(k, n):
    s = 0
    for i in range(n):
        s += i
        total[k] += 1
    return s


ts = [threading.Thread(target=f, args=(k, 3000)) for k in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(total, f(0, 20))
