"""Random operations of `_decimal` in random contexts: results and flags."""
import random
from decimal import *
seed, n = 14, 260
r = random.Random(seed)
signals = [InvalidOperation, FloatOperation, DivisionByZero, Overflow, Underflow, Subnormal, Inexact, Rounded, Clamped]
roundings = [ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, ROUND_05UP]
def number():
    k = r.random()
    if k < .03: return Decimal(r.choice(['NaN', '-NaN', 'sNaN', 'NaN123', '-sNaN45', 'Infinity', '-Infinity', '0', '-0', '0E+5', '-0E-9', '1', '10', '1E+3', '-1']))
    digits = r.choice([1, 2, 3, 5, 9, 17, 28, 38, 39, 40, 60, 120])
    s = r.choice(['', '-']) + str(r.randrange(10**digits))
    if r.random() < .2: s += '0' * r.randrange(6)
    if r.random() < .15: s = r.choice(['', '-']) + r.choice(['5', '9', '99', '1', '50', '49', '2', '4', '25', '125', '16', '999999999', '4999', '5000']) 
    e = r.choice([0, 0, -1, -2, 1, 2, -digits, digits, r.randrange(-50, 50), r.randrange(-10, 10), r.randrange(-400, 400)])
    return Decimal(s + 'E%d' % e)
one = ['abs', 'minus', 'plus', 'normalize', 'sqrt', 'logb', 'logical_invert', 'next_minus', 'next_plus', 'to_integral_exact', 'to_integral_value', 'number_class', 'to_sci_string', 'to_eng_string', 'is_normal', 'is_subnormal', 'ln', 'log10', 'exp', 'create_decimal']
two = ['add', 'subtract', 'multiply', 'divide', 'divide_int', 'divmod', 'remainder', 'remainder_near', 'quantize', 'compare', 'compare_signal', 'compare_total', 'compare_total_mag', 'max', 'min', 'max_mag', 'min_mag', 'copy_sign', 'same_quantum', 'next_toward', 'rotate', 'shift', 'scaleb', 'logical_and', 'logical_or', 'logical_xor']
def small():
    return Decimal(r.randrange(-40, 41))
def bits():
    return Decimal(''.join(r.choice('01') for _ in range(r.randrange(1, 40))))
for i in range(n):
    c = Context(prec=r.choice([1, 2, 3, 7, 9, 16, 28, 34, 50, 100]), rounding=r.choice(roundings), Emax=r.choice([0, 9, 99, 384, 6144, 999999]), Emin=-r.choice([0, 9, 95, 383, 6143, 999999]), clamp=r.randrange(2), capitals=r.randrange(2), traps=[])
    if r.random() < .3:
        op = r.choice(one); args = [number()]
        if op.startswith('logical'): args = [bits()]
    else:
        op = r.choice(two); args = [number(), number()]
        if op in ('rotate', 'shift', 'scaleb'): args[1] = small()
        if op.startswith('logical'): args = [bits(), bits()]
        if op == 'power':
            if r.random() < .5: args[1] = small()
            if r.random() < .2: args[1] = Decimal(r.choice(['0.5', '-0.5', '0.25', '1.5', '0.1', '-2.5', '3E+2']))
            if r.random() < .7 and args[0].is_finite(): args[0] = Decimal((0, args[0].as_tuple().digits[:12], r.randrange(-14, 3)))
    if op == 'quantize' and r.random() < .7: args[1] = Decimal((0, (1,), r.randrange(-30, 10)))
    if op in ('exp', 'ln', 'log10', 'power') and c.prec > 50: c.prec = 50
    try: v = getattr(c, op)(*args)
    except Exception as e: v = type(e).__name__ + str(e)
    print(i, op, *map(str, args), '->', str(v) if not isinstance(v, tuple) else ' '.join(map(str, v)), c.prec, c.rounding, c.Emax, c.Emin, c.clamp, [s.__name__ for s in signals if c.flags[s]])
    if len(args) == 2 and r.random() < .1:
        d = args[0]
        for f in ('', 'e', '.3e', 'f', '.2f', 'g', '.4g', '%', ',', '_.1f', '015.3f', '+', 'z.0f', '>20', '*^30.5'):
            try:
                if abs(d.adjusted()) < 2000: print('  ', f, format(d, f))
            except Exception as e: print(f, type(e).__name__, e)
        try: print('  ', hash(d) if not d.is_nan() else '', int(d) if d.is_finite() else '', d.as_integer_ratio() if d.is_finite() else '', float(d) if not d.is_snan() else '', d == args[1], d.as_tuple())
        except Exception as e: print(type(e).__name__, e)
