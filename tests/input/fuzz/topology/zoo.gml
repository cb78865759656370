Creator "by hand"
graph [
  directed 0
  Network "Triangle"
  edge [ source 0 target 1 LinkSpeedRaw 1000000000.0 LinkLabel "1 Gbps" graphics [ x 1 ] ]
  node [ id 0 label "A [old]" Longitude 0.0 Latitude 0.0 Internal 1 ]
  node [ id 1 label "B" Longitude 10.0 Latitude 0.0 ]
  node [ id 2 label "C" Longitude 0.0 Latitude 10.0 ]
  edge [ source 0 target 1 LinkSpeedRaw 2000000000.0 ]
  edge [ source 1 target 2 ]
  edge [ source 2 target 0 ]
  edge [ source 2 target 2 ]
]
