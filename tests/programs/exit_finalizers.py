# What is left at the end is finalized, with its globals in place.
import atexit


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, NAME, len([]))


NAME = "global"
one = Noisy("one")


def generator():
    try:
        yield 1
    finally:
        print("closed", NAME)


g = generator()
next(g)
atexit.register(print, "atexit")
print("end")
