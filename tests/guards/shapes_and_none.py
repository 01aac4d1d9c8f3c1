class Node:
    def __init__(self, v, next=None):
        self.v = v
        self.next = next


def f(n):
    head = None
    for i in range(n):
        head = Node(i, head)
    s = 0
    while head is not None:
        s += head.v
        head = head.next
    return s


print(f(60), f(0), f(1))
try:
    x = Node(1, Node(2))
    while True:
        x = x.next
        x.v
except AttributeError as e:
    print(e)
