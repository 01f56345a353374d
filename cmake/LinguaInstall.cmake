# What `cmake --install` puts beside the programs: liblingua, its headers, and the package that
# find_package(lingua) finds. Everything is relative to the prefix and may be moved with it, but
# libtorch, which is not copied: the installed files look for it where the build found it.
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)

set(_package "${CMAKE_INSTALL_LIBDIR}/cmake/lingua")
install(TARGETS lingua EXPORT linguaTargets LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/lingua" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h")
install(EXPORT linguaTargets NAMESPACE lingua:: DESTINATION "${_package}")

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/linguaConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/generated/linguaConfig.cmake" INSTALL_DESTINATION "${_package}")
# Before 1.0 every minor version may change the interface.
write_basic_package_version_file("${CMAKE_BINARY_DIR}/generated/linguaConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/generated/linguaConfig.cmake"
              "${CMAKE_BINARY_DIR}/generated/linguaConfigVersion.cmake"
        DESTINATION "${_package}")
