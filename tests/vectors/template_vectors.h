/* SPDX-License-Identifier: MIT */
/* Written by tests/vectors/template.py. */
/* clang-format off */

#define TOY_HASH "48ce97da453a4b4e"

/* Mass in MeV; relative bias with more resolution, and with more of the tail near the peak. */
static const struct {
    int m_n_mev;
    double wide, steep;
} bias_vectors[] = {
    {114, 9.00732850262e-06, -0.0087193939916},
    {118, 8.10119677053e-06, 0.00381318382458},
    {125, 2.51586865097e-06, 0.00420063709337},
    {135, -4.70214352344e-07, 0.00332819338997},
    {150, -2.50623129527e-06, -0.000896368183798},
    {200, -6.66133814775e-16, -0.00141145949635},
    {250, 8.881784197e-16, -7.71142683624e-05},
    {279, 1.33226762955e-15, -1.08655020417e-05},
};
