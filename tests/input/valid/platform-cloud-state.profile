# always up
0 1
