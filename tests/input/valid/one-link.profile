# bytes/s
0 1e5
6 1e6
