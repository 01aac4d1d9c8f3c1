# Soft keywords are names wherever the grammar has no statement of theirs.
match = 1; case = 2; type = 3; _ = 4
print(match, case, type); match += 1; case -= 1; print(match, case)
match = {"k": [1]}; match["k"] = 5; match["z"] = case; print(match); case = [1]; case[0] = 2; print(case)
x = "; match = 1"; match = x; print(match); case = "; case"; print(case)


def f():
    match = [3]; match[0] = 4; case = match; type = case; return match, case, type


print(f()); match = lambda case: case; print(match(1)); match: int = 3; print(match)
class C: match = 1; case = 2; type = 3
print(C.match, C.case, C.type)
for match in range(2): case = match; print(match, case)
with open("/dev/null") as match: pass; match.closed; print(match.closed)
match match.closed:
    case False | True as case: print("matched", case); match = 1; case = 2
type X = int; type Y = X; type.__class__; print(X, Y.__value__)
