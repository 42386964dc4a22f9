/* SPDX-License-Identifier: MIT */
/*
 * quadrature - the 32-point Gauss-Legendre rule, for integrands that are smooth over the whole interval. It is exact
 * for polynomials up to degree 63; a caller says beside its call why its integrand is close enough to one.
 */
#ifndef HNLMON_CORE_QUADRATURE_H
#define HNLMON_CORE_QUADRATURE_H

/* Integral of integrand(context, x) from lower to upper; 32 evaluations, never at the ends. */
double quadrature_integrate(double (*integrand)(const void *context, double x), const void *context, double lower,
                            double upper);

#endif
