/* As int_lists.py. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long run(long *a, long *b, long n, long passes)
{
    long total = 0;
    for (long p = 0; p < passes; p++)
        for (long i = 1; i < n; i++) {
            long x = (a[i - 1] + b[i] * 3) & 0xFFFFF;
            a[i] = x;
            total = (total ^ x) + (p & 7);
        }
    return total;
}

int main(int argc, char **argv)
{
    long passes = atol(argv[1]), n = 1000;
    long *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
    for (long i = 0; i < n; i++) {
        a[i] = i;
        b[i] = i * 7 % 101;
    }
    clock_t begun = clock();
    long total = run(a, b, n, passes);
    double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
    printf("%ld\n%.6f\n", total, seconds);
}
