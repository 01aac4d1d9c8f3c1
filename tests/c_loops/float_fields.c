/* As float_fields.py. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct body {
    double x, y, vx, vy;
};

static double run(struct body **bodies, int count, long steps, double dt)
{
    double energy = 0.0;
    for (long s = 0; s < steps; s++) {
        energy = 0.0;
        for (int i = 0; i < count; i++) {
            struct body *b = bodies[i];
            b->vx = b->vx - b->x * dt;
            b->vy = b->vy - b->y * dt;
            b->x = b->x + b->vx * dt;
            b->y = b->y + b->vy * dt;
            energy = energy + b->vx * b->vx + b->vy * b->vy;
        }
    }
    return energy;
}

int main(int argc, char **argv)
{
    long steps = atol(argv[1]);
    struct body *bodies[100];
    for (int i = 0; i < 100; i++) {
        struct body *b = malloc(sizeof *b);
        *b = (struct body){i * 0.5, 50.0 - i * 0.25, 0.0, 1.0};
        bodies[i] = b;
    }
    clock_t begun = clock();
    double energy = run(bodies, 100, steps, 0.001);
    double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
    printf("%.9g\n%.6f\n", energy, seconds);
}
