# SPDX-License-Identifier: MIT
# Figure 3: true m2_miss against the photon's angle, with the edge of the veto. The axis of angles is linear in their
# logarithm.
set title 'K^+ → π^0 e^+ ν(γ), N_K = 3·10^{10}, flat acceptance, before the veto'
set xlabel 'true m@^2_{miss}  [GeV^2]'
set ylabel 'photon angle to the beam, laboratory  [mrad]'
set cblabel 'Events / (GeV^2 decade)' offset 1
set xrange [0:0.13]
# The first bin holds all angles below it, too: it is left out.
set yrange [-0.95:3.5]
set format x '%.2f'
set logscale cb
set cbrange [1e1:1e9]
set format cb '10^{%T}'
set ytics ('1' 0, '10' 1, '100' 2, '1000' 3)
do for [decade=-1:3] { do for [i=2:9] { set ytics add ('' decade + log10(i) 1) } }
set palette defined (0 '#440154', 1 '#46327e', 2 '#365c8d', 3 '#277f8e', 4 '#1fa187', 5 '#4ac16d', 6 '#a0da39', 7 '#fde725')
set lmargin at screen 0.11
set rmargin at screen 0.82
set grid noxtics noytics
edge = log10(50)
set arrow from 0,edge to 0.13,edge nohead front linecolor rgb 'white' linewidth 3
set label '1.7 % of all photons are beyond 50 mrad' at 0.034,edge + 0.13 front textcolor rgb 'white'
m2(i) = (column('m2_lo_gev2') + column('m2_hi_gev2')) / 2
angle(i) = log10(sqrt(column('angle_lo_mrad') * column('angle_hi_mrad')))
plot data using (m2(0)):(angle(0)):'density' with image notitle
