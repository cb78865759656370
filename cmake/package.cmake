# `cpack -G DEB` in the build folder: the packages weir (program, data, documentation) and weir-dev (headers, pkg-config file,
# an example of a policy). What belongs to weir-dev says so (COMPONENT dev); all else belongs to weir.
set(CPACK_PACKAGE_VENDOR "The weir contributors")
set(CPACK_PACKAGE_CONTACT "The weir contributors <weir@weir.invalid>")
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_VERSION ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/compress.cmake)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL weir dev)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON) # libweir-learn: its name for those that depend on it, and ldconfig

set(CPACK_DEBIAN_WEIR_PACKAGE_NAME weir)
set(CPACK_DEBIAN_WEIR_PACKAGE_SECTION science)
set(CPACK_DEBIAN_WEIR_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/triggers)
set(CPACK_DEBIAN_WEIR_PACKAGE_SUGGESTS "gnuplot-nox | gnuplot, python3, weir-dev")
set(CPACK_COMPONENT_WEIR_DESCRIPTION "simulator of edge-cloud stream platforms
Give weir a platform (a SimGrid file), a workload of stream jobs and a list
of policies, and it runs every policy on the same platform, the same arrivals
and the same work, and shows them side by side: autoscaling, offloading,
migration and routing, with what each change costs.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME weir-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "weir (= ${CPACK_DEBIAN_VERSION})")
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "gcc, make, pkgconf | pkg-config")
set(CPACK_COMPONENT_DEV_DESCRIPTION "simulator of edge-cloud stream platforms: policies of your own
Headers, a pkg-config file and an example, to build policies for weir as shared
objects that the program loads.")

include(GNUInstallDirs)
# Files that Debian wants of each package, and that only a package has.
string(TIMESTAMP WEIR_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH sets it
string(TIMESTAMP WEIR_YEAR "%Y" UTC)
set(folder ${PROJECT_BINARY_DIR}/package)
configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright.in ${folder}/copyright @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in ${folder}/changelog.Debian @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${folder}/changelog COPYONLY)
find_program(WEIR_GZIP gzip)
if(WEIR_GZIP)
  foreach(file changelog changelog.Debian)
    execute_process(COMMAND ${WEIR_GZIP} -9nkf ${file} WORKING_DIRECTORY ${folder} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  foreach(package weir dev)
    string(TOUPPER ${package} upper)
    install(FILES ${folder}/copyright ${folder}/changelog.gz ${folder}/changelog.Debian.gz
      DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME} COMPONENT ${package} EXCLUDE_FROM_ALL)
  endforeach()
endif()
include(CPack)
