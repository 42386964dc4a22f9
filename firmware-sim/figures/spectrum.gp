# SPDX-License-Identifier: MIT
# Figure 2: the reconstructed spectrum before the veto and behind each threshold, with the search window of 135 MeV.
set title 'K^+ → π^0 e^+ ν(γ), N_K = 3·10^{10}: 1.5·10^8 accepted events'
set xlabel 'm@^2_{miss}  [GeV^2]'
set ylabel 'Events / 1.19·10^{-4} GeV^2'
set logscale y
set xrange [-0.015:0.13]
set yrange [1e-2:3e7]
set format x '%.2f'
set object rectangle from 0.015845,1e-2 to 0.020605,3e7 fillcolor rgb green fillstyle transparent solid 0.15 noborder behind
set label "search window\nm_N = 135 MeV" at 0.0225,4e5 left textcolor rgb green
set key top right
m2(i) = (column('m2_lo_gev2') + column('m2_hi_gev2')) / 2
plot data using (m2(0)):'before' with lines linecolor rgb 'black' linewidth 3.5 title 'before the photon veto', \
     data using (m2(0)):'after_50' with lines linecolor rgb blue linewidth 3.5 title 'after a veto of E_γ > 50 MeV', \
     data using (m2(0)):'after_200' with lines linecolor rgb vermillion linewidth 3.5 dashtype (8,6) title 'after a veto of E_γ > 200 MeV'
