/* SPDX-License-Identifier: MIT */
/* quadrature - see quadrature.h. */
#include "core/quadrature.h"

#define PAIR_COUNT 16

/* The positive roots of the Legendre polynomial P_32 and their weights 2 / ((1 - x^2) P'_32(x)^2), to 20 digits. */
static const struct {
    double node, weight;
} pairs[PAIR_COUNT] = {
    {0.99726386184948156354, 0.0070186100094700966004}, {0.98561151154526833540, 0.016274394730905670605},
    {0.96476225558750643077, 0.025392065309262059456},  {0.93490607593773968917, 0.034273862913021433103},
    {0.89632115576605212397, 0.042835898022226680657},  {0.84936761373256997013, 0.050998059262376176196},
    {0.79448379596794240696, 0.058684093478535547145},  {0.73218211874028968039, 0.065822222776361846838},
    {0.66304426693021520098, 0.072345794108848506225},  {0.58771575724076232904, 0.078193895787070306472},
    {0.50689990893222939002, 0.083311924226946755222},  {0.42135127613063534536, 0.087652093004403811143},
    {0.33186860228212764978, 0.091173878695763884713},  {0.23928736225213707454, 0.093844399080804565639},
    {0.14447196158279649349, 0.095638720079274859419},  {0.048307665687738316235, 0.096540088514727800567},
};

double quadrature_integrate(double (*integrand)(const void *context, double x), const void *context, double lower,
                            double upper)
{
    double centre = 0.5 * (lower + upper), half = 0.5 * (upper - lower);
    double sum = 0;
    for (int i = 0; i < PAIR_COUNT; i++) {
        double offset = half * pairs[i].node;
        sum += pairs[i].weight * (integrand(context, centre - offset) + integrand(context, centre + offset));
    }
    return half * sum;
}
