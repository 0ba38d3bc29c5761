/* The C twin: DISCA's correction of many cells by two random passes of 64 candidates and the gate.
 *
 * What a careful C programmer writes with gcc, OpenMP and glibc's vector mathematics (libmvec), as
 * an opponent for the package's Monte-Carlo kernel. In double precision, for a number of personas
 * known at compile time and the adaptive search width:
 *
 *   gains    g = |b - d_i| - |x - d_i| of every candidate x, for the personas d_i and the consensus
 *   value    v(g) = g^alpha, or -kappa (-g)^alpha for a loss: by exp(alpha log|g|), or with POW
 *            by pow, which is as accurate as the package's powers and takes twice as long
 *   weights  exp(utility / eta), largest one 1; effective sample size; their mean candidate
 *   gate     exp(-(c1 - c2)^2 / scale) times the mean of the two passes
 *
 * Random numbers: 16 xorshift128+ streams side by side, seeded by a hash of seed and block of 64
 * cells, so the result does not depend on the number of threads; 64 words of a cell become 128
 * normals by Box and Muller's transform. Unlike the package's they depend on a cell's position.
 *
 * Every inner loop is vectorised and calls libmvec a register at a time: twin.py reports the calls
 * it finds. Loops call one function each, as the registers a call clobbers are then few.
 */
#include <math.h>
#include <stdint.h>

#ifndef PERSONAS
#define PERSONAS 4
#endif

enum { SAMPLES = 64, DRAWS = 2 * SAMPLES, WORDS = DRAWS / 2, LANES = 16, BLOCK = 64 };

typedef struct {
  double sigma_floor, lam, eta, alpha, kappa, rho, gate_scale;
} Settings;

typedef struct {
  uint64_t a[LANES], b[LANES];
} Streams;

static uint64_t splitmix(uint64_t counter) {
  uint64_t z = counter * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static void seed_streams(uint64_t seed, long block, Streams *streams) {
  uint64_t first = splitmix(seed + 1) + 2 * LANES * (uint64_t)block;
  for (int i = 0; i < LANES; i++) {
    streams->a[i] = splitmix(first + 2 * i);
    streams->b[i] = splitmix(first + 2 * i + 1);
  }
}

static void draw_words(Streams *restrict streams, uint64_t *restrict words) {
  for (int row = 0; row < WORDS; row += LANES) {
#pragma omp simd
    for (int i = 0; i < LANES; i++) {
      uint64_t a = streams->a[i], b = streams->b[i];
      words[row + i] = a + b;
      a ^= a << 23;
      streams->a[i] = b;
      streams->b[i] = a ^ b ^ (a >> 18) ^ (b >> 5);
    }
  }
}

/* A 32-bit word w as the double w + 1/2: AVX2 has no conversion of 64-bit integers. */
static inline double plus_half(uint64_t word) {
  union {
    uint64_t bits;
    double number;
  } read = {word | 0x4330000000000000u};
  return read.number - (0x1p52 - 0.5);
}

static void draw_normals(Streams *restrict streams, double *restrict x) {
  uint64_t words[WORDS];
  double radius[WORDS], angle[WORDS], cosine[WORDS];
  draw_words(streams, words);
  for (int i = 0; i < WORDS; i++) {
    radius[i] = plus_half(words[i] >> 32) * 0x1p-32;
    angle[i] = plus_half(words[i] & 0xFFFFFFFFu) * (0x1p-32 * 6.283185307179586);
  }
  for (int i = 0; i < WORDS; i++) radius[i] = sqrt(-2.0 * log(radius[i]));
  for (int i = 0; i < WORDS; i++) cosine[i] = cos(angle[i]);
  for (int i = 0; i < WORDS; i++) angle[i] = sin(angle[i]);
  for (int i = 0; i < WORDS; i++) {
    x[i] = radius[i] * cosine[i];
    x[WORDS + i] = radius[i] * angle[i];
  }
}

/* Add share times the value of the gain reach - |x - place| to every utility. */
static void add_value(const double *restrict x, double place, double reach, double share,
                      const Settings *settings, double *restrict utility) {
  double gain[DRAWS], size[DRAWS], loss = -settings->kappa * share, alpha = settings->alpha;
  for (int k = 0; k < DRAWS; k++) gain[k] = reach - fabs(x[k] - place);
#ifdef POW
  for (int k = 0; k < DRAWS; k++) size[k] = pow(fabs(gain[k]), alpha);
#else
  for (int k = 0; k < DRAWS; k++) size[k] = alpha * log(fabs(gain[k]));
  for (int k = 0; k < DRAWS; k++) size[k] = exp(size[k]);
#endif
  for (int k = 0; k < DRAWS; k++) utility[k] += (gain[k] >= 0.0 ? share : loss) * size[k];
}

/* Return the mean candidate of one pass, in widths, or 0 where too few of them count. */
static double weighted_mean(const double *restrict x, double *restrict weight, double rho,
                            double *restrict ess) {
  double best = weight[0], total = 0.0, squares = 0.0, moment = 0.0;
  for (int k = 0; k < SAMPLES; k++) best = weight[k] > best ? weight[k] : best;
  for (int k = 0; k < SAMPLES; k++) weight[k] = exp(weight[k] - best);
  for (int k = 0; k < SAMPLES; k++) {
    total += weight[k];
    squares += weight[k] * weight[k];
    moment += weight[k] * x[k];
  }
  *ess = total * total / (squares * SAMPLES);
  return *ess >= rho ? moment / total : 0.0;
}

static double run_cell(double base, const double *restrict personas, const Settings *settings,
                       Streams *restrict streams, double *restrict ess, double *restrict passes) {
  double x[DRAWS], utility[DRAWS] = {0.0}, mean = 0.0, squares = 0.0;
  for (int i = 0; i < PERSONAS; i++) mean += personas[i] / PERSONAS;
  for (int i = 0; i < PERSONAS; i++) squares += (personas[i] - mean) * (personas[i] - mean);
  double spread = PERSONAS > 1 ? sqrt(squares / (PERSONAS - 1)) : 0.0;
  double width = fmax(spread, settings->sigma_floor), b = (base - mean) / width;
  draw_normals(streams, x);
  add_value(x, 0.0, fabs(b), settings->lam / settings->eta, settings, utility);
  double share = (1.0 - settings->lam) / PERSONAS / settings->eta;
  for (int i = 0; i < PERSONAS; i++) {
    double d = (personas[i] - mean) / width;
    add_value(x, d, fabs(b - d), share, settings, utility);
  }
  passes[0] = width * weighted_mean(x, utility, settings->rho, ess);
  passes[1] = width * weighted_mean(x + SAMPLES, utility + SAMPLES, settings->rho, ess + 1);
  return width;
}

void disca_twin(long n, const double *restrict base, const double *restrict personas,
                const Settings *restrict settings, uint64_t seed, int threads,
                double *restrict correction, double *restrict reliability, double *restrict ess,
                double *restrict widths, double *restrict passes) {
#pragma omp parallel for schedule(static) num_threads(threads)
  for (long start = 0; start < n; start += BLOCK) {
    long stop = start + BLOCK < n ? start + BLOCK : n;
    double scale = -1.0 / settings->gate_scale;
    Streams streams;
    seed_streams(seed, start / BLOCK, &streams);
    for (long i = start; i < stop; i++)
      widths[i] = run_cell(base[i], personas + i * PERSONAS, settings, &streams, ess + 2 * i,
                           passes + 2 * i);
    for (long i = start; i < stop; i++) {
      double first = passes[2 * i], second = passes[2 * i + 1];
      reliability[i] = exp((first - second) * (first - second) * scale);
      correction[i] = reliability[i] * (first + second) / 2.0;
    }
  }
}
