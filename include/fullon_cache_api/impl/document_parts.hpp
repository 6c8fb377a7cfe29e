// What the generated documents share. Included by impl files only.
#pragma once

#include <fullon_cache_api/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

inline boost::json::object reference(std::string path)
{
    return {{"$ref", "#/" + std::move(path)}};
}

/// Names of the error codes of the wire, in the order of the enum.
inline std::vector<std::pair<std::string_view, std::string>> wire_errors()
{
    std::vector<std::pair<std::string_view, std::string>> result;
    for (int value = 1;; ++value) {
        const auto name = wire_name(static_cast<error>(value));
        if (name.empty())
            return result;
        result.emplace_back(name, make_error_code(static_cast<error>(value)).message());
    }
}

inline boost::json::object error_code_schema()
{
    boost::json::array codes;
    std::string words;
    for (const auto& [name, meaning] : wire_errors()) {
        codes.emplace_back(name);
        words.append(words.empty() ? "" : "; ").append(name).append(": ").append(meaning);
    }
    return {{"type", "string"}, {"enum", std::move(codes)}, {"description", std::move(words)}};
}

} // namespace fullon_cache_api::detail
