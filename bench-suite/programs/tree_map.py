"""A sorted map as a treap: small objects, recursion, None for what is not there."""


class Node:
    __slots__ = ("key", "value", "rank", "left", "right")

    def __init__(self, key, value, rank):
        self.key, self.value, self.rank = key, value, rank
        self.left = self.right = None


class TreeMap:
    def __init__(self):
        self.root, self.state, self.size = None, 1, 0

    def __setitem__(self, key, value):
        self.root = self._insert(self.root, key, value)

    def _insert(self, node, key, value):
        if node is None:
            self.state = self.state * 48271 % 2147483647
            self.size += 1
            return Node(key, value, self.state)
        if key == node.key:
            node.value = value
        elif key < node.key:
            child = node.left = self._insert(node.left, key, value)
            if child.rank > node.rank:
                node.left, child.right = child.right, node
                return child
        else:
            child = node.right = self._insert(node.right, key, value)
            if child.rank > node.rank:
                node.right, child.left = child.left, node
                return child
        return node

    def __getitem__(self, key):
        node = self.root
        while node is not None:
            if key == node.key:
                return node.value
            node = node.left if key < node.key else node.right
        raise KeyError(key)

    def __iter__(self):
        pending, node = [], self.root
        while pending or node is not None:
            while node is not None:
                pending.append(node)
                node = node.left
            node = pending.pop()
            yield node.key
            node = node.right


def run():
    tree = TreeMap()
    for n in range(1200):
        tree[n * 7919 % 2003] = n
    missing = 0
    for n in range(0, 2003, 3):
        try:
            missing += tree[n] < 0
        except KeyError:
            missing += 1
    keys = list(tree)
    return tree.size, missing, keys == sorted(keys), sum(tree[k] * k for k in keys)
