/* The chain of chain.py by hand: what a patient C programmer gets out of one machine.
 *
 * Members lie side by side in blocks of LANES, small enough for the inner caches; one block does all its time
 * steps before the next begins, and the compiler turns the loops over lanes into vector instructions. Divisions by
 * constants are multiplications, the table is read by its index because its points are evenly spaced: all that a
 * program made for this one model may do. With -ffast-math and glibc, exp is a vector function of libmvec.
 *
 *   cc -O3 -march=native -mprefer-vector-width=512 -ffast-math -fopenmp -fPIC -c anchor.c -o anchor.o
 *   cc -shared -fopenmp anchor.o -o anchor.so -lm
 */
#include <math.h>
#include <string.h>

enum { LANES = 256, POINTS = 9, LARGEST = 4096 };

static const double SLOWNESS[POINTS + 1] = {0.6, 0.7, 0.85, 0.95, 1.0, 1.1, 1.25, 1.45, 1.7, 1.7};
static const double ROOM_SIZE = 80, FASTEST = 12, TOLERANCE = 60, SPOILAGE = 0.03, ECHO = 150;

struct room { double first, per_usual, per_size; };

static void block(const struct room *room, int rooms, int steps, int every, double dt, int lanes, long all,
                  const double *stay, const double *supply, double *out /* [saved time, room, member] */)
{
    static _Thread_local double goods[LARGEST][LANES] __attribute__((aligned(64)));
    double coming[LANES] __attribute__((aligned(64))), per_stay[LANES] __attribute__((aligned(64)));
    double input[LANES] __attribute__((aligned(64)));

    for (int m = 0; m < LANES; m++) {
        int member = m < lanes ? m : lanes - 1; /* a last, partial block repeats its last member */
        per_stay[m] = 1 / stay[member];
        input[m] = supply[member];
    }
    for (int i = 0; i < rooms; i++)
        for (int m = 0; m < LANES; m++) goods[i][m] = room[i].first;

    for (int step = 0;; step++) {
        if (step % every == 0) {
            for (int i = 0; i < rooms; i++, out += all) memcpy(out, goods[i], sizeof(double) * lanes);
        }
        if (step == steps) return;

        for (int m = 0; m < LANES; m++) coming[m] = input[m] * exp(goods[rooms - 1][m] * (-1 / ECHO));
        for (int i = 0; i < rooms; i++) {
            const double per_usual = room[i].per_usual * 4, per_size = -room[i].per_size;
            const double least = i ? 0.5 : 1, rest = i ? 0.5 : 0;
            double *level = goods[i];
#pragma omp simd
            for (int m = 0; m < LANES; m++) {
                double x = level[m];
                double at = fmin(fmax(x * per_usual, 0), POINTS - 1);
                int low = (int)at;
                double slowness = SLOWNESS[low] + (at - low) * (SLOWNESS[low + 1] - SLOWNESS[low]);
                double moving = fmax(0, fmin(x * per_stay[m] / slowness, FASTEST));
                double spoiling = x > TOLERANCE ? x * SPOILAGE : 0;
                double arriving = coming[m] * (least + rest * exp(x * per_size));
                level[m] = x + dt * (arriving - moving - spoiling);
                coming[m] = moving;
            }
        }
    }
}

int chain(int rooms, int members, int threads, int steps, int every, double dt, const double *stay,
          const double *supply, double *out)
{
    static struct room room[LARGEST];

    if (rooms > LARGEST) return 1;
    for (int i = 0; i < rooms; i++) {
        int number = i + 1;
        room[i].first = 20 + number * 7 % 50;
        room[i].per_usual = 1.0 / (30 + number * 3 % 20);
        room[i].per_size = 1 / (ROOM_SIZE * (1 + 0.05 * (number % 7)));
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (int from = 0; from < members; from += LANES) {
        int lanes = members - from < LANES ? members - from : LANES;
        block(room, rooms, steps, every, dt, lanes, members, stay + from, supply + from, out + from);
    }
    return 0;
}
