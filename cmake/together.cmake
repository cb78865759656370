# weir_together(TARGET GROUP [IN folder] [PREFIX text] [EXCEPT files...]): with WEIR_UNITY, the target's files of this folder, or of one
# below, whose names begin so, are compiled as one; but for those that have a static name, or a macro, that another has, too. The test
# users_units finds out where one must be added here.
function(weir_together target group)
  cmake_parse_arguments(T "" "IN;PREFIX" "EXCEPT" ${ARGN})
  set(folder ${CMAKE_CURRENT_SOURCE_DIR})
  if(T_IN)
    string(APPEND folder /${T_IN})
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    cmake_path(GET source FILENAME name)
    if(source STREQUAL "${folder}/${name}" AND name MATCHES "^${T_PREFIX}" AND NOT name IN_LIST T_EXCEPT)
      set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${group})
    endif()
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${WEIR_UNITY} UNITY_BUILD_MODE GROUP)
endfunction()
