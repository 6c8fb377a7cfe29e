# One consumer: configure in a fresh folder, build, run; for find_package the project is installed there first, for shared
# it is also built there, as shared libraries.
function(step)
    list(JOIN ARGN " " command)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE code)
    if(NOT code EQUAL 0)
        message(FATAL_ERROR "failed (${code}): ${command}")
    endif()
endfunction()

# What the outer build has not compiled already only has to build and to run: unoptimised, in half the time.
if(KIND STREQUAL "shared" OR HEADER_ONLY)
    set(FLAGS_RELEASE "-O0 -DNDEBUG")
endif()

file(REMOVE_RECURSE "${WORK_DIR}")
set(arguments
    -G "${GENERATOR}"
    -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
    -D CMAKE_BUILD_TYPE=${BUILD_TYPE}
    -D CMAKE_CXX_FLAGS_RELEASE=${FLAGS_RELEASE})
set(folder "${KIND}")
if(KIND STREQUAL "shared")
    set(PROJECT_BUILD_DIR "${WORK_DIR}/project")
    set(ENV{CMAKE_PREFIX_PATH} "${BOOST_PREFIX}")
    set(off)
    foreach(part IN ITEMS BUILD_PROGRAMS BUILD_TESTS BUILD_EXAMPLES BUILD_BENCH)
        list(APPEND off -D FULLON_CACHE_API_${part}=OFF)
    endforeach()
    step("${CMAKE_COMMAND}" -S "${PROJECT_DIR}" -B "${PROJECT_BUILD_DIR}" ${arguments} ${off}
        -D BUILD_SHARED_LIBS=ON -D FULLON_CACHE_API_WARNINGS_AS_ERRORS=${WARNINGS_AS_ERRORS})
    step("${CMAKE_COMMAND}" --build "${PROJECT_BUILD_DIR}" --parallel 2)
    set(folder find_package)
endif()
if(folder STREQUAL "find_package")
    step("${CMAKE_COMMAND}" --install "${PROJECT_BUILD_DIR}" --prefix "${WORK_DIR}/prefix" --component development)
    set(ENV{CMAKE_PREFIX_PATH} "${WORK_DIR}/prefix:${BOOST_PREFIX}")
else()
    # The same warnings as in the outer build: then ccache knows the objects already.
    list(APPEND arguments
        -D FULLON_CACHE_API_DIR=${PROJECT_DIR}
        -D FULLON_CACHE_API_HEADER_ONLY=${HEADER_ONLY}
        -D FULLON_CACHE_API_WARNINGS_AS_ERRORS=${WARNINGS_AS_ERRORS})
    set(ENV{CMAKE_PREFIX_PATH} "${BOOST_PREFIX}")
endif()
step("${CMAKE_COMMAND}" -S "${CONSUMERS}/${folder}" -B "${WORK_DIR}/build" ${arguments})
step("${CMAKE_COMMAND}" --build "${WORK_DIR}/build" --parallel 2)
step("${WORK_DIR}/build/consumer")
