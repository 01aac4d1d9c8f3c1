"""Shortest ways through a grid of costs: a heap and dicts."""
import heapq


def run():
    size = 32
    cost = {(x, y): (x * x * 7 + y * 13 + x * y * 3) % 9 + 1 for x in range(size) for y in range(size)}
    best, came_from = {(0, 0): 0}, {}
    heap = [(0, (0, 0))]
    while heap:
        so_far, place = heapq.heappop(heap)
        if so_far > best[place]:
            continue
        x, y = place
        for next_place in ((x + 1, y), (x, y + 1), (x - 1, y), (x, y - 1)):
            if next_place in cost:
                total = so_far + cost[next_place]
                if total < best.get(next_place, 1 << 30):
                    best[next_place] = total
                    came_from[next_place] = place
                    heapq.heappush(heap, (total, next_place))
    place, way = (size - 1, size - 1), 0
    while place in came_from:
        place, way = came_from[place], way + 1
    return best[size - 1, size - 1], way, sum(best.values())
