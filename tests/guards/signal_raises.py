import signal


def handler(number, frame):
    raise KeyError("signal")


signal.signal(signal.SIGUSR1, handler)


def f(n):
    s = 0
    for i in range(n):
        try:
            s += i
            if i % 10 == 9:
                signal.raise_signal(signal.SIGUSR1)
            for j in range(3):
                s += j
        except KeyError as e:
            s += 1000
    return s


print(f(50))
