# The library as users have it: libweir-learn, a shared object made of weir_learn, its headers as <weir/learn/...>, and weir-learn.pc.
# exports.map has the functions that it shows; a test compares it with the headers. What the program shows to policies (exports.list)
# is taken from the program where there is one, so that an error of the library is one of the policy.
include(GNUInstallDirs)
set(map ${CMAKE_CURRENT_LIST_DIR}/exports.map)
set(list ${PROJECT_SOURCE_DIR}/sim/api/exports.list)
add_library(weir_learn_shared SHARED version.c)
set_source_files_properties(version.c PROPERTIES COMPILE_DEFINITIONS WEIR_LEARN_VERSION="${PROJECT_VERSION}")
target_link_libraries(weir_learn_shared PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,weir_learn> weir_base)
target_link_options(weir_learn_shared PRIVATE -Wl,--version-script=${map} -Wl,--dynamic-list=${list} -Wl,--no-undefined)
set(soversion ${PROJECT_VERSION_MAJOR})
if(PROJECT_VERSION_MAJOR EQUAL 0)
  string(APPEND soversion .${PROJECT_VERSION_MINOR})
endif()
set_target_properties(weir_learn_shared PROPERTIES OUTPUT_NAME weir-learn VERSION ${PROJECT_VERSION} SOVERSION ${soversion}
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib BUILD_RPATH "" LINK_DEPENDS "${map};${list}")
install(TARGETS weir_learn_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} NAMELINK_COMPONENT dev)

foreach(header learn cluster/kmeans detect/catalog detect/detector detect/rules forecast/catalog forecast/evaluate forecast/forecaster
    offload/decide offload/network offload/problem optimise/assignment series/metrics)
  set(from ${CMAKE_CURRENT_LIST_DIR}/${header}.h)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${from})
  file(READ ${from} content)
  # Slots of documents, and texts that grow, are weir's own: users have only pointers to them.
  string(REGEX REPLACE "#include \"sim/base/(json|text)\\.h\"" "struct weir_\\1;" content "${content}")
  string(REGEX REPLACE "\"sim/(api|base)/([a-z_]+\\.h)\"" "<weir/\\2>" content "${content}")
  string(REGEX REPLACE "\"policies/(learn/[a-z_/]+\\.h)\"" "<weir/\\1>" content "${content}")
  file(CONFIGURE OUTPUT ${WEIR_INCLUDE}/weir/learn/${header}.h CONTENT "${content}" @ONLY)
endforeach()
configure_file(version.h.in ${WEIR_INCLUDE}/weir/learn/version.h @ONLY)
configure_file(weir-learn.pc.in ${PROJECT_BINARY_DIR}/weir-learn.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/weir-learn.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
