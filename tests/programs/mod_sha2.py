import _sha2
def e(f, *a, **k):
    try: print(f(*a, **k))
    except Exception as x: print(type(x).__name__, x)
for n in ('sha224', 'sha256', 'sha384', 'sha512'):
    h = getattr(_sha2, n)(b'abc'); print(h.hexdigest(), h.name, h.digest_size, h.block_size, len(h.digest()))
    g = h.copy(); g.update(b'd' * 1000); print(g.hexdigest()[:20], h.hexdigest()[:20])
print(_sha2.sha256().hexdigest(), _sha2.sha256(string=b'x').hexdigest()[:8])
e(_sha2.sha256, 'a'); e(_sha2.sha256, 3); e(_sha2.sha256().update, 'a'); e(_sha2.SHA256Type)
