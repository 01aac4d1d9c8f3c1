/* As method_calls.py. The compiler is free to inline. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct counter {
    long count, step;
};

static long add(struct counter *c, long k)
{
    long n = c->count + k * c->step;
    if (n > 99991)
        n = n - 99991;
    c->count = n;
    return n;
}

static long run(struct counter **counters, long n)
{
    long total = 0;
    for (long i = 0; i < n; i++) {
        total = total + add(counters[i & 7], i & 31);
        total = total & 0xFFFFFF;
    }
    return total;
}

int main(int argc, char **argv)
{
    struct counter *counters[8];
    for (int i = 0; i < 8; i++) {
        counters[i] = malloc(sizeof *counters[i]);
        *counters[i] = (struct counter){i, i + 3};
    }
    clock_t begun = clock();
    long total = run(counters, atol(argv[1]));
    double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
    printf("%ld\n%.6f\n", total, seconds);
}
