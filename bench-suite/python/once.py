"""once.py PROGRAM ITERATIONS: runs a program of this suite, and prints what it gives. No clock is read."""
import os
import sys

path, iterations = sys.argv[1:]
sys.path.insert(0, os.path.dirname(path))
run = __import__(os.path.splitext(os.path.basename(path))[0]).run
for _ in range(int(iterations)):
    result = run()
print(result)
