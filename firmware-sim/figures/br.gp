# SPDX-License-Identifier: MIT
# Figure 1: the branching ratio against the mass.
set title 'K^+ → π^0 e^+ N at |U_e|^2 = 1'
set xlabel 'm_N  [MeV]'
set ylabel 'BR(K^+ → π^0 e^+ N)'
set logscale y
set xrange [0:360]
set yrange [1e-7:0.2]
set arrow from 358.19,1e-7 to 358.19,0.2 nohead linecolor rgb grey linewidth 1.5 dashtype 2
set label 'm_K − m_{π^0} − m_e' at 356,2.5e-2 right textcolor rgb grey
set label 'BR(K_{e3}) = 5.07 %' at 6,0.09 left textcolor rgb grey
plot data using 'm_n_mev':'br' with lines linecolor rgb blue linewidth 4 notitle
