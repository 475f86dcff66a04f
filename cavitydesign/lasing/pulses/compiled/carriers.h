/* Emitters that are carriers, as `gain/carrier_kinetics.CarrierLadder` has them: laws of the
   density of each class, which stands on rung 1, in place of rates of rungs. */

/* Of the density: weights of emission and absorption, rates of photoluminescence and of decay; or
   how these change with it. */
typedef struct {
    vec emission, absorption, glow, decay;
} Laws;

/* Names of `Equations.laws`. */
enum { FIRST, SECOND, THIRD, GLOW_FIRST, GLOW_SECOND, EINSTEIN, SHIFT, LINEAR };

static Laws laws_of(const double *laws, vec x) {
    Laws at;
    vec gain;
    for (int l = 0; l < LANES; l++)
        gain[l] = laws[LINEAR] != 0.0
                      ? x[l] - 1.0
                      : log(((x[l] > 0.0 ? x[l] : 0.0) + laws[SHIFT]) / (1.0 + laws[SHIFT]));
    at.glow = x * (laws[GLOW_FIRST] + laws[GLOW_SECOND] * x);
    at.emission = laws[EINSTEIN] * at.glow;
    at.absorption = at.emission - gain;
    at.decay = x * (laws[FIRST] + x * (laws[SECOND] + laws[THIRD] * x));
    return at;
}

static Laws slopes_of(const double *laws, vec x) {
    Laws at;
    vec gain;
    for (int l = 0; l < LANES; l++)
        gain[l] = laws[LINEAR] != 0.0 ? 1.0 : 1.0 / ((x[l] > 0.0 ? x[l] : 0.0) + laws[SHIFT]);
    at.glow = laws[GLOW_FIRST] + 2.0 * laws[GLOW_SECOND] * x;
    at.emission = laws[EINSTEIN] * at.glow;
    at.absorption = at.emission - gain;
    at.decay = laws[FIRST] + 2.0 * laws[SECOND] * x + 3.0 * laws[THIRD] * x * x;
    return at;
}
