# Install rules and the CMake package. What is installed depends on the exact Boost it was built with.
include(CMakePackageConfigHelpers)

set(fullon_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/fullon_cache_api")
install(TARGETS fullon_boost fullon_log fullon_coro fullon_orm fullon_cache fullon_cache_api fullon_documentation
    EXPORT fullon_cache_api_targets
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")
install(EXPORT fullon_cache_api_targets
    NAMESPACE fullon_cache_api:: DESTINATION "${fullon_package_dir}" COMPONENT development)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/fullon_cache_api-config.cmake.in"
    "${PROJECT_BINARY_DIR}/fullon_cache_api-config.cmake" INSTALL_DESTINATION "${fullon_package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/fullon_cache_api-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES
    "${PROJECT_BINARY_DIR}/fullon_cache_api-config.cmake"
    "${PROJECT_BINARY_DIR}/fullon_cache_api-config-version.cmake"
    DESTINATION "${fullon_package_dir}" COMPONENT development)

get_property(programs GLOBAL PROPERTY fullon_programs)
if(programs)
    install(TARGETS ${programs} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT programs)
endif()
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT development)
