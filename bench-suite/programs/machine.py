"""An interpreter of a small stack machine: one long chain of comparisons."""

PUSH, ADD, MUL, SUB, DUP, SWAP, JUMP, JUMP_IF_ZERO, LOAD, STORE, MOD, HALT = range(12)


def execute(code, memory):
    stack, at, steps = [], 0, 0
    while True:
        op, arg = code[at]
        at += 1
        steps += 1
        if op == PUSH:
            stack.append(arg)
        elif op == LOAD:
            stack.append(memory[arg])
        elif op == STORE:
            memory[arg] = stack.pop()
        elif op == ADD:
            b = stack.pop()
            stack[-1] += b
        elif op == SUB:
            b = stack.pop()
            stack[-1] -= b
        elif op == MUL:
            b = stack.pop()
            stack[-1] *= b
        elif op == MOD:
            b = stack.pop()
            stack[-1] %= b
        elif op == DUP:
            stack.append(stack[-1])
        elif op == SWAP:
            stack[-1], stack[-2] = stack[-2], stack[-1]
        elif op == JUMP:
            at = arg
        elif op == JUMP_IF_ZERO:
            if stack.pop() == 0:
                at = arg
        else:
            return steps


# for n in memory[0], ..., 1: memory[1] = (memory[1] * 31 + n) % 65521
CODE = [
    (LOAD, 0), (JUMP_IF_ZERO, 14), (LOAD, 1), (PUSH, 31), (MUL, 0), (LOAD, 0), (ADD, 0), (PUSH, 65521), (MOD, 0),
    (STORE, 1), (LOAD, 0), (PUSH, 1), (SUB, 0), (JUMP, 15), (HALT, 0), (STORE, 0), (JUMP, 0),
]


def run():
    memory = [2000, 7]
    return execute(CODE, memory), memory
