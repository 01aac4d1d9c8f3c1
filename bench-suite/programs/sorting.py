"""Three ways to sort, written out: lists of ints, indexes, slices."""


def quick(a, low, high):
    while low < high:
        pivot, i, j = a[(low + high) // 2], low, high
        while i <= j:
            while a[i] < pivot:
                i += 1
            while a[j] > pivot:
                j -= 1
            if i <= j:
                a[i], a[j] = a[j], a[i]
                i += 1
                j -= 1
        if j - low < high - i:
            quick(a, low, j)
            low = i
        else:
            quick(a, i, high)
            high = j


def merge(a):
    if len(a) < 2:
        return a
    left, right = merge(a[: len(a) // 2]), merge(a[len(a) // 2 :])
    out, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            out.append(left[i])
            i += 1
        else:
            out.append(right[j])
            j += 1
    return out + left[i:] + right[j:]


def heap(a):
    def sink(i, n):
        value = a[i]
        while (child := 2 * i + 1) < n:
            if child + 1 < n and a[child] < a[child + 1]:
                child += 1
            if value >= a[child]:
                break
            a[i] = a[child]
            i = child
        a[i] = value

    for i in range(len(a) // 2 - 1, -1, -1):
        sink(i, len(a))
    for n in range(len(a) - 1, 0, -1):
        a[0], a[n] = a[n], a[0]
        sink(0, n)


def run():
    values = [n * 48271 % 65537 for n in range(3000)]
    a, b = values[:], values[:]
    quick(a, 0, len(a) - 1)
    heap(b)
    return a == b == merge(values) == sorted(values), a[::500]
