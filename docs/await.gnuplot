# Draws the average time of requests on each path: see "A picture of an incident" in recipes.md.
# Reads await.dat: per path a title, lines with a time and milliseconds, and two empty lines.
stats "await.dat" using 0 nooutput
set terminal svg size 800,320 background "white"
set xdata time
set timefmt "%Y-%m-%dT%H:%M:%S"
set format x "%H:%M:%S"
set ylabel "await (ms)"
set yrange [0:]
set grid
set key left top
plot for [path = 0:STATS_blocks - 1] "await.dat" index path using 1:2 with linespoints title columnheader(1)
