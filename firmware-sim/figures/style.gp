# SPDX-License-Identifier: MIT
# style - what the figures share: size, fonts, and colours that colour-blind people can tell apart (Okabe and Ito).
# Before it, `base` is the file name without its ending and `type` is png or svg; the data are in base.csv.

if (type eq 'png') {
    set terminal pngcairo size 1200,900 font 'DejaVu Sans,19' enhanced background '#ffffff'
} else {
    set terminal svg size 1200,900 font 'DejaVu Sans,19' enhanced background '#ffffff'
}
set encoding utf8
set output base.'.'.type
data = base.'.csv'

set datafile separator comma
set datafile columnheaders

blue = '#0072B2'
vermillion = '#D55E00'
green = '#009E73'
orange = '#E69F00'
grey = '#666666'

set border linewidth 1.5
set tics scale 1.2 nomirror
set mxtics 5
set grid xtics ytics linecolor '#d0d0d0' linewidth 1 linetype 1
set key spacing 1.25 samplen 2.5
set format y '10^{%T}'
set title font ',20'
