# Warnings for this project's own files: private to each target, never exported to users.
function(fullon_set_warnings target)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wshadow -Woverloaded-virtual -Wold-style-cast -Wcast-qual
        -Wunused -Wnull-dereference -Wextra-semi
        $<$<BOOL:${FULLON_CACHE_API_WARNINGS_AS_ERRORS}>:-Werror>)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # False alarms of g++ 12 in coroutine frames, std::optional and std::variant.
        target_compile_options(${target} PRIVATE
            -Wno-maybe-uninitialized -Wno-mismatched-new-delete -Wno-null-dereference -Wno-restrict
            -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
    endif()
endfunction()
