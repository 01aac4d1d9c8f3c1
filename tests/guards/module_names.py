# Names at module level, in a loop.
total = 0
names = []
for i in range(30):
    total += i
    if i % 10 == 5:
        names.append(total)
        del total
        total = 1
print(total, names, i)
try:
    for i in range(20):
        if i == 14:
            del total
        total
except NameError as e:
    print(e)
