"""The least spanning tree by Kruskal's method: lists as a forest, sorting by a key."""


def find(parent, a):
    while parent[a] != a:
        parent[a] = parent[parent[a]]
        a = parent[a]
    return a


def run():
    n = 400
    state, edges = 12345, []
    for a in range(n):
        for _ in range(6):
            state = (state * 1103515245 + 12345) % 2147483648
            edges.append((a, state % n, state // 7 % 1000))
    edges.sort(key=lambda edge: edge[2])
    parent, rank = list(range(n)), [0] * n
    total = used = 0
    for a, b, weight in edges:
        a, b = find(parent, a), find(parent, b)
        if a == b:
            continue
        if rank[a] < rank[b]:
            a, b = b, a
        parent[b] = a
        rank[a] += rank[a] == rank[b]
        total += weight
        used += 1
    return used, total
