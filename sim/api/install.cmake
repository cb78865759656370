# What `cmake --install` puts where, besides the program: the headers of policies as <weir/...>, made from those of the
# source tree, the pkg-config file, and shared data. Functions of the headers are exported by the program itself.
include(GNUInstallDirs)

# weir_exports: linked by programs that load policies from shared objects.
add_library(weir_exports INTERFACE)
target_link_options(weir_exports INTERFACE -Wl,--dynamic-list=${PROJECT_SOURCE_DIR}/sim/api/exports.list)
set_target_properties(weir_exports PROPERTIES INTERFACE_LINK_DEPENDS ${PROJECT_SOURCE_DIR}/sim/api/exports.list)

set(WEIR_INCLUDE ${PROJECT_BINARY_DIR}/include CACHE INTERNAL "installed headers")
foreach(header api/plan api/policy api/view base/error base/param base/quantity base/random)
  set(from ${PROJECT_SOURCE_DIR}/sim/${header}.h)
  get_filename_component(name ${header} NAME)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${from})
  file(READ ${from} content)
  string(REGEX REPLACE "\"sim/(api|base)/([a-z_]+\\.h)\"" "<weir/\\2>" content "${content}")
  file(CONFIGURE OUTPUT ${WEIR_INCLUDE}/weir/${name}.h CONTENT "${content}" @ONLY)
endforeach()
install(DIRECTORY ${WEIR_INCLUDE}/weir DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)

# The way from the pkg-config files up to the prefix, so that an installed tree may be moved.
file(RELATIVE_PATH up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" up "${up}")
set(WEIR_PC_UP "${up}" CACHE INTERNAL "from the pkg-config files up to the prefix")
configure_file(${PROJECT_SOURCE_DIR}/sim/api/weir.pc.in ${PROJECT_BINARY_DIR}/weir.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/weir.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

set(WEIR_DATA ${CMAKE_INSTALL_DATADIR}/weir)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/platforms DESTINATION ${WEIR_DATA})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/workloads DESTINATION ${WEIR_DATA}
  PATTERN generators EXCLUDE PATTERN CMakeLists.txt EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/policies/examples DESTINATION ${WEIR_DATA}/policies COMPONENT dev
  PATTERN *.so EXCLUDE PATTERN __pycache__ EXCLUDE)
# Where Debian's Python looks for modules, below the prefix /usr; below another one PYTHONPATH says it.
set(WEIR_PYTHON_DIR lib/python3/dist-packages CACHE STRING "where the Python module weir_env goes, below the prefix")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/python/weir_env DESTINATION ${WEIR_PYTHON_DIR} FILES_MATCHING PATTERN *.py PATTERN __pycache__ EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT licence) # a package refers to Debian's own copy
