import signal

hits = []


def handler(number, frame):
    hits.append((frame.f_code.co_name, number == signal.SIGUSR1))
    frame.f_locals


signal.signal(signal.SIGUSR1, handler)


def f(n):
    s = 0
    for i in range(n):
        s += i
        if i % 10 == 9:
            signal.raise_signal(signal.SIGUSR1)
        s += 1
    return s


print(f(50), hits[:2], len(hits))
