# _thread.stack_size: what it refuses, and that threads with the least stack still run ordinary code.
import _thread
import json
import threading

for n in (0, 1, 32768, 53247, 53248, 65536, -1, 2**63, "x", 0):
    try:
        print(n, _thread.stack_size(n))
    except Exception as e:
        print(n, type(e).__name__, e)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def work():
    nested = []
    for _ in range(20):
        nested = [nested]
    print(len(json.dumps(nested)), depth(500), sorted([3, 1, 2], key=lambda x: depth(x)))


for n in (53248, 1 << 20):
    threading.stack_size(n)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

try:
    _thread.LockType.__new__(int)
except TypeError:
    print("TypeError")
