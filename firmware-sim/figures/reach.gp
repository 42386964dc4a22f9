# SPDX-License-Identifier: MIT
# Figure 4: excluded and detected |U_e|^2, the levels of earlier searches that the paper quotes, and its two headlines.
set title 'Projected sensitivity of K^+ → π^0 e^+ N; grey: excluded by earlier searches'
set xlabel 'm_N  [MeV]'
set ylabel '|U_e|^2, one-sided 90 %'
set logscale y
set xrange [60:350]
set yrange [3e-10:1e-3]

# Earlier searches: what lies above each level is excluded.
set object rectangle from 60,1e-8 to 120.2,1e-3 fillcolor rgb '#e8e8e8' fillstyle solid noborder behind
set object rectangle from 120,1e-6 to 144.2,1e-3 fillcolor rgb '#e8e8e8' fillstyle solid noborder behind
set object rectangle from 144,1e-9 to 350,1e-3 fillcolor rgb '#e8e8e8' fillstyle solid noborder behind
set arrow from 60,1e-8 to 120,1e-8 nohead linecolor rgb grey linewidth 3
set arrow from 120,1e-6 to 144,1e-6 nohead linecolor rgb grey linewidth 3
set arrow from 144,1e-9 to 350,1e-9 nohead linecolor rgb grey linewidth 3
set label 'PIENU, 10^{-8}' at 90,6e-9 center textcolor rgb grey
set label 'KEK, 10^{-6}' at 132,5.2e-7 center font ',14' textcolor rgb grey
set label 'NA62, K^+ → e^+ N, 10^{-9}' at 247,6e-10 center textcolor rgb grey

set label 'published: 2·10^{-6}' at 134.5,3.6e-6 center
set label "dedicated line, published: 10^{-7},\nstatistical only: s/b = 0.09 %" at 147,6e-8 left

set label 'N_K = 3·10^{10}' at 205,3.3e-6 center textcolor rgb blue
set label 'N_K = 1.4·10^{11}' at 205,5.3e-7 center textcolor rgb vermillion
set label 'N_K = 9·10^{12}' at 205,2.0e-7 center textcolor rgb green

set key at 347,1.6e-8 top right samplen 3
only(name, key) = stringcolumn('sample') eq name ? column(key) : NaN
$published << EOD
from,to,u2
125,144,2e-6
125,144,1e-7
EOD
array name[3] = ['run1', 'all', 'dedicated']
array colour[3] = [blue, vermillion, green]
plot for [i=1:3] data using 'm_n_mev':(only(name[i], 'excluded_u2_50')) with lines linecolor rgb colour[i] linewidth 3.5 notitle, \
     for [i=1:3] data using 'm_n_mev':(only(name[i], 'excluded_u2_200')) with lines linecolor rgb colour[i] linewidth 2.5 dashtype 2 notitle, \
     for [i=1:3] data using 'm_n_mev':(only(name[i], 'detected_u2_50')) with lines linecolor rgb colour[i] linewidth 2.5 dashtype 3 notitle, \
     NaN with lines linecolor rgb 'black' linewidth 3.5 title 'excluded; veto of E_γ > 50 MeV', \
     NaN with lines linecolor rgb 'black' linewidth 2.5 dashtype 2 title 'excluded; veto of E_γ > 200 MeV', \
     NaN with lines linecolor rgb 'black' linewidth 2.5 dashtype 3 title 'detected; veto of E_γ > 50 MeV', \
     $published using ((column(1) + column(2)) / 2):3:1:2 with xerrorbars linecolor rgb 'black' linewidth 3 pointtype 7 pointsize 1.5 notitle
