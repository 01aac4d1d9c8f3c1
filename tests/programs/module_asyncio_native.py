# `_asyncio`: futures and tasks, their attributes, errors and order of callbacks.
import asyncio
import _asyncio
import contextvars
import gc

print(asyncio.Future is _asyncio.Future, asyncio.Task is _asyncio.Task, _asyncio.Task.__mro__)
print([n for n in dir(_asyncio) if not n.startswith("__")])


def caught(f, *args, **kw):
    try:
        return f(*args, **kw)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


loop = asyncio.new_event_loop()
fut = loop.create_future()
print(fut, fut._state, fut._callbacks, fut._loop is loop, fut.done(), fut.cancelled())
print(caught(fut.result))
print(caught(fut.exception))
fut.add_done_callback(print)
fut.add_done_callback(len)
print(len(fut._callbacks), fut.remove_done_callback(len), len(fut._callbacks), fut.remove_done_callback(print), fut._callbacks)
fut.set_result(5)
print(fut.result(), fut.exception(), caught(fut.set_result, 6), fut.cancel())
fut = loop.create_future()
fut.set_exception(ValueError)
print(repr(fut._exception), caught(fut.result), fut._log_traceback)
print(caught(setattr, fut, "_log_traceback", True))
fut = loop.create_future()
print(caught(fut.set_exception, StopIteration(3)), repr(fut._exception), repr(fut._exception.__cause__))
fut._log_traceback = False
print(caught(loop.create_future().set_exception, 5))
fut = loop.create_future()
print(fut.cancel("why"), fut._cancel_message, caught(fut.result), fut.cancel())
print(caught(_asyncio.Future.__new__(_asyncio.Future).get_loop))
print(caught(_asyncio.Task, 5, loop=loop))
print(caught(asyncio.get_running_loop), _asyncio._get_running_loop())


class Sub(asyncio.Future):
    extra = 1


async def coro(n):
    await asyncio.sleep(0)
    return n


async def fails():
    raise KeyError("k")


async def yields_future_of_another():
    other = asyncio.new_event_loop()
    try:
        await other.create_future()
    except RuntimeError as e:
        print("different loop" in str(e) or "attached to a different loop" in str(e))
    other.close()


class Bad:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        yield self.v


async def awaits(v):
    try:
        await v
    except RuntimeError as e:
        return str(e).split(":")[0].split(" in task")[0].split(" generator")[0]


async def awaits_itself():
    try:
        await asyncio.current_task()
    except RuntimeError as e:
        print(str(e).split(":")[0])


async def catcher():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError as e:
        print("cancelled", e.args)
        raise


var = contextvars.ContextVar("var", default=0)


async def sets(n):
    var.set(n)
    await asyncio.sleep(0)
    return var.get()


async def main():
    running = asyncio.get_running_loop()
    task = asyncio.create_task(coro(3), name="named")
    print(task.get_name(), task.done(), task in asyncio.all_tasks(), asyncio.current_task() in asyncio.all_tasks())
    print(task.get_coro().__name__, task.get_loop() is running, task._fut_waiter, task._must_cancel)
    print(await task, task.done(), task in asyncio.all_tasks(), task.cancelling())
    print(caught(task.set_result, 1), caught(task.set_exception, ValueError()))
    task = asyncio.create_task(fails())
    try:
        await task
    except KeyError as e:
        print("KeyError", e.args, task.exception() is e)
    task = asyncio.create_task(catcher())
    await asyncio.sleep(0)
    print(task.cancel("stop"), task.cancelling(), task.uncancel(), task.uncancel())
    try:
        await task
    except asyncio.CancelledError as e:
        print(task.cancelled(), e.args)
    await asyncio.create_task(yields_future_of_another())
    print(await asyncio.create_task(awaits(Bad(5))))
    print(await asyncio.create_task(awaits(Bad(running.create_future()))))
    print(await asyncio.create_task(awaits(Bad(x for x in ()))))
    await asyncio.create_task(awaits_itself())
    sub = Sub(loop=running)
    running.call_soon(sub.set_result, "sub")
    print(await sub, sub.extra, type(sub).__mro__[1] is _asyncio.Future)
    print(await asyncio.gather(*[sets(i) for i in range(4)]), var.get())
    order = []
    fut = running.create_future()
    for i in range(3):
        fut.add_done_callback(lambda f, i=i: order.append((i, f.result())))
    fut.set_result("r")
    print(order)
    await asyncio.sleep(0)
    print(order)
    it = running.create_future().__await__()
    first = next(it)
    print(first._asyncio_future_blocking, caught(next, it))
    print(caught(it.throw, ValueError("thrown")), caught(next, it))
    try:
        async with asyncio.timeout(0.001):
            await asyncio.sleep(10)
    except TimeoutError as e:
        print("timeout", type(e.__cause__).__name__)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(coro(i)) for i in range(3)]
    print([t.result() for t in tasks])
    eager = asyncio.Task(sets(7), loop=running, eager_start=True)
    print(eager.done(), await eager)

    async def at_once():
        return 8

    eager = asyncio.Task(at_once(), loop=running, eager_start=True)
    print(eager.done(), eager.result(), eager.get_coro())
    waiter = asyncio.create_task(coro(1))
    other = asyncio.create_task(awaits(waiter))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(waiter._asyncio_awaited_by == frozenset([other]))
    await other
    print(waiter._asyncio_awaited_by)
    print(caught(_asyncio._enter_task, 5, None), caught(_asyncio._leave_task, running, "other").split(" while")[0])
    print(_asyncio._swap_current_task(running, None) is not None, asyncio.current_task())
    _asyncio._swap_current_task(running, me)


async def outer():
    global me
    me = asyncio.current_task()
    await main()


asyncio.run(outer())
messages = []
loop.set_exception_handler(lambda loop, context: messages.append(context["message"]))


def lose():
    loop.create_future().set_exception(ValueError("lost"))


lose()
gc.collect()
for _ in range(3):
    lose()
    gc.collect()
print(sorted(set(messages)))
loop.close()
