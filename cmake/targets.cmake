# One function per kind of target.

# What every file compiled here has in common, Boost's sources included.
function(fullon_set_common target)
    target_compile_features(${target} PRIVATE cxx_std_20)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
    fullon_set_sanitizers(${target})
endfunction()

# Files that this project wrote.
function(fullon_set_own target)
    fullon_set_common(${target})
    fullon_set_warnings(${target})
endfunction()

# Libraries: static unless BUILD_SHARED_LIBS says otherwise, and position-independent in both cases, so that a host may put
# them into a shared library of its own. The same flags for both: ccache knows the one's objects for the other.
function(fullon_set_library target)
    set_target_properties(${target} PROPERTIES
        POSITION_INDEPENDENT_CODE ON DEFINE_SYMBOL "" VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR} INSTALL_RPATH "$ORIGIN")
    target_compile_options(${target} PRIVATE -fno-semantic-interposition)
endfunction()

# fullon_boost: Boost's sources, one file each, and the macros that every user of them must agree on.
function(fullon_add_boost)
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/third_party/*.cpp")
    if(FULLON_CACHE_API_HEADER_ONLY)
        set(scope INTERFACE)
        add_library(fullon_boost INTERFACE)
    else()
        set(scope PUBLIC)
        add_library(fullon_boost ${sources})
        fullon_set_common(fullon_boost)
        fullon_set_library(fullon_boost)
        target_compile_options(fullon_boost PRIVATE -w)
    endif()
    target_compile_features(fullon_boost ${scope} cxx_std_20)
    # Without the line of Asio's sources in the text of each error.
    target_compile_definitions(fullon_boost ${scope}
        BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_DISABLE_ERROR_LOCATION)
    target_link_libraries(fullon_boost ${scope} Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
    add_library(fullon_cache_api::fullon_boost ALIAS fullon_boost)
endfunction()

# fullon_add_library(NAME [PUBLIC libs...] [PRIVATE libs...]): from src/NAME.cpp and src/NAME/*.cpp.
function(fullon_add_library name)
    cmake_parse_arguments(arg "" "" "PUBLIC;PRIVATE" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}.cpp" "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
    if(FULLON_CACHE_API_HEADER_ONLY)
        add_library(${name} INTERFACE)
        target_compile_features(${name} INTERFACE cxx_std_20)
        target_link_libraries(${name} INTERFACE ${arg_PUBLIC} ${arg_PRIVATE})
        set(scope INTERFACE)
    else()
        add_library(${name} ${sources})
        fullon_set_own(${name})
        fullon_set_library(${name})
        target_compile_features(${name} PUBLIC cxx_std_20)
        target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
        set(scope PUBLIC)
    endif()
    target_include_directories(${name} ${scope}
        "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
    add_library(fullon_cache_api::${name} ALIAS ${name})
endfunction()

# fullon_host: what our own executables link to have everything. In the header-only mode it is the one file
# that a host would write.
function(fullon_add_host)
    if(NOT FULLON_CACHE_API_HEADER_ONLY)
        add_library(fullon_host INTERFACE)
        target_link_libraries(fullon_host INTERFACE fullon_cache_api)
        return()
    endif()
    file(WRITE "${PROJECT_BINARY_DIR}/host/host.cpp.in" "#include <fullon_cache_api/src.hpp>\n")
    configure_file("${PROJECT_BINARY_DIR}/host/host.cpp.in" "${PROJECT_BINARY_DIR}/host/host.cpp" COPYONLY)
    add_library(fullon_host STATIC EXCLUDE_FROM_ALL "${PROJECT_BINARY_DIR}/host/host.cpp")
    fullon_set_own(fullon_host)
    target_link_libraries(fullon_host PUBLIC fullon_cache_api)
endfunction()

# A program from one file, named like it.
function(fullon_add_program source)
    cmake_path(GET source STEM name)
    add_executable(${name} "${source}")
    fullon_set_own(${name})
    target_link_libraries(${name} PRIVATE fullon_host fullon_documentation CLI11::CLI11)
    if(BUILD_SHARED_LIBS AND NOT CMAKE_INSTALL_RPATH)
        file(RELATIVE_PATH libraries "/${CMAKE_INSTALL_FULL_BINDIR}" "/${CMAKE_INSTALL_FULL_LIBDIR}")
        set_target_properties(${name} PROPERTIES INSTALL_RPATH "$ORIGIN/${libraries}")
    endif()
    set_property(GLOBAL APPEND PROPERTY fullon_programs ${name})
endfunction()

# fullon_add_example(NAME [TIMEOUT seconds] [ARGS...] [NO_TEST]): examples/NAME.cpp and examples/NAME/*.cpp
# become bin/NAME, and a test that runs it.
function(fullon_add_example name)
    cmake_parse_arguments(arg "NO_TEST" "TIMEOUT" "ARGS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS
        "${PROJECT_SOURCE_DIR}/examples/${name}.cpp" "${PROJECT_SOURCE_DIR}/examples/${name}/*.cpp")
    add_executable(${name} ${sources})
    fullon_set_own(${name})
    target_link_libraries(${name} PRIVATE fullon_host)
    target_compile_definitions(${name} PRIVATE FULLON_EXAMPLES_DIR="${PROJECT_SOURCE_DIR}/examples")
    if(TARGET example_support)
        target_link_libraries(${name} PRIVATE example_support)
    endif()
    if(NOT arg_NO_TEST)
        if(NOT arg_TIMEOUT)
            set(arg_TIMEOUT 60)
        endif()
        add_test(NAME example.${name} COMMAND ${name} ${arg_ARGS} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
        set_tests_properties(example.${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS example PROCESSORS 2)
    endif()
endfunction()
