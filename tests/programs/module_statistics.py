import _statistics, _uuid, uuid, statistics

for a in ((0, 0, 1), (1, 0, 1), (0.5, 0, 0), (0.5, 0, -1), (float("nan"), 0, 1), (0.3, 1, 2), ("a", 1, 2), (1e-300, 0, 1),
          (1 - 1e-16, 3, 0.5), (0.0749, -2, 7), (0.999, 100, 15)):
    try:
        print(a, _statistics._normal_dist_inv_cdf(*a))
    except Exception as e:
        print(type(e), e)
print(statistics.NormalDist(100, 15).inv_cdf(0.975), statistics.NormalDist(0, 1).quantiles(5))
u, safe = _uuid.generate_time_safe()
v, _ = _uuid.generate_time_safe()
print(len(u), safe, u != v, uuid.UUID(bytes=u).version, uuid.UUID(bytes=u).variant, uuid.UUID(bytes=u).time < uuid.UUID(bytes=v).time)
print(uuid.uuid1().version, uuid.uuid1().is_safe, uuid.uuid4().version)
print(_uuid.has_uuid_generate_time_safe, _uuid.has_stable_extractable_node)
