# SPDX-License-Identifier: MIT
# What better rejection of photons beyond 50 mrad would bring at 135 MeV.
set title 'm_N = 135 MeV: rejection of photons beyond 50 mrad'
set xlabel 'share of the photons beyond 50 mrad, above the threshold, that are missed'
set ylabel 'excluded |U_e|^2, one-sided 90 %'
set logscale xy
set xrange [1:1e-3]
set yrange [3e-8:2e-5]
set mxtics 10
set label 'flat: photons below the threshold remain' at 2e-3,2.1e-6 right textcolor rgb grey
set format x '%g'
set key top right
only(name, key) = stringcolumn('sample') eq name ? column(key) : NaN
array name[3] = ['run1', 'all', 'dedicated']
array title[3] = ['N_K = 3·10^{10}', 'N_K = 1.4·10^{11}', 'N_K = 9·10^{12}, dedicated line']
array colour[3] = [blue, vermillion, green]
plot for [i=1:3] data using 'outer_inefficiency':(only(name[i], 'excluded_u2_50')) with lines linecolor rgb colour[i] linewidth 3.5 title title[i], \
     for [i=1:3] data using 'outer_inefficiency':(only(name[i], 'excluded_u2_200')) with lines linecolor rgb colour[i] linewidth 2.5 dashtype 2 notitle, \
     NaN with lines linecolor rgb 'black' linewidth 3.5 title 'veto of E_γ > 50 MeV', \
     NaN with lines linecolor rgb 'black' linewidth 2.5 dashtype 2 title 'veto of E_γ > 200 MeV'
