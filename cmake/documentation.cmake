# fullon_documentation: Swagger UI and Redoc as data, where cmake/setup.sh (or a packager) has put their files; without
# them a library that has none, and the gateway's pages are plain ones. Nothing is fetched here.

set(FULLON_CACHE_API_DOCUMENTATION "" CACHE PATH
    "Folder with docs/ (Swagger UI) and redoc/ (Redoc), or NONE; empty: share/fullon_cache_api/documentation of CMAKE_PREFIX_PATH")

# Their licences go where they go.
set(fullon_documentation_files
    docs/swagger-ui-bundle.js docs/swagger-ui.css docs/LICENSE docs/NOTICE docs/swagger-ui-bundle.js.LICENSE.txt
    redoc/redoc.standalone.js redoc/LICENSE redoc/redoc.standalone.js.LICENSE.txt)

function(fullon_find_documentation result)
    set(folder "${FULLON_CACHE_API_DOCUMENTATION}")
    if(folder STREQUAL "")
        string(REPLACE ":" ";" roots "$ENV{CMAKE_PREFIX_PATH}")
        foreach(root IN LISTS CMAKE_PREFIX_PATH roots)
            if(NOT folder AND EXISTS "${root}/share/fullon_cache_api/documentation")
                set(folder "${root}/share/fullon_cache_api/documentation")
                # The environment may be another when CMake runs again.
                set_property(CACHE FULLON_CACHE_API_DOCUMENTATION PROPERTY VALUE "${folder}")
            endif()
        endforeach()
    endif()
    set(${result} "" PARENT_SCOPE)
    foreach(file IN LISTS fullon_documentation_files)
        if(NOT EXISTS "${folder}/${file}")
            message(STATUS "Documentation pages: plain ones (no ${file} in '${folder}')")
            return()
        endif()
    endforeach()
    # The linker's section names below are those of ELF.
    if(NOT CMAKE_EXECUTABLE_FORMAT STREQUAL "ELF")
        message(STATUS "Documentation pages: plain ones (assets are embedded in ELF only)")
        return()
    endif()
    message(STATUS "Documentation pages: Swagger UI and Redoc of ${folder}")
    set(${result} "${folder}" PARENT_SCOPE)
endfunction()

# The assembler takes the files as they are: as C++ arrays they would take half a minute to compile.
function(fullon_add_documentation)
    fullon_find_documentation(folder)
    set(rows)
    set(data)
    set(inputs)
    if(folder)
        set(number 0)
        foreach(file IN LISTS fullon_documentation_files)
            set(type "text/plain")
            if(file MATCHES "\\.js$")
                set(type "text/javascript")
            elseif(file MATCHES "\\.css$")
                set(type "text/css")
            endif()
            file(SHA256 "${folder}/${file}" hash)
            string(SUBSTRING "${hash}" 0 16 hash)
            string(APPEND data
                "asm(\".section .rodata\\nfullon_documentation_${number}:\\n.incbin \\\"${folder}/${file}\\\"\\n\"\n"
                "    \"fullon_documentation_${number}_end:\\n.byte 0\\n.previous\\n\");\n"
                "extern const char begin_${number}[] asm(\"fullon_documentation_${number}\");\n"
                "extern const char end_${number}[] asm(\"fullon_documentation_${number}_end\");\n")
            string(APPEND rows
                "        {\"${file}\", \"${type}; charset=utf-8\", {begin_${number}, end_${number}}, \"${hash}\"},\n")
            list(APPEND inputs "${folder}/${file}")
            math(EXPR number "${number} + 1")
        endforeach()
    endif()
    list(LENGTH inputs count)
    configure_file("${PROJECT_SOURCE_DIR}/cmake/embedded_documentation.cpp.in"
        "${PROJECT_BINARY_DIR}/documentation/embedded_documentation.cpp" @ONLY)
    add_library(fullon_documentation "${PROJECT_BINARY_DIR}/documentation/embedded_documentation.cpp")
    fullon_set_own(fullon_documentation)
    fullon_set_library(fullon_documentation)
    target_compile_features(fullon_documentation PUBLIC cxx_std_20)
    target_include_directories(fullon_documentation PUBLIC
        "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
    set_property(SOURCE "${PROJECT_BINARY_DIR}/documentation/embedded_documentation.cpp" PROPERTY OBJECT_DEPENDS "${inputs}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${inputs}") # their hashes stand in the source
    add_library(fullon_cache_api::fullon_documentation ALIAS fullon_documentation)
    set_property(GLOBAL PROPERTY fullon_documentation_count ${count})
endfunction()
