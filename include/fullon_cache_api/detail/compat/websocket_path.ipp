// Body of websocket_path.hpp.
#pragma once

#include <fullon_cache_api/detail/compat/compat_operations.hpp>
#include <fullon_cache_api/detail/compat/websocket_path.hpp>
#include <fullon_cache_api/detail/http/rest_target.hpp>

#include <utility>

namespace fullon_cache_api::detail {

std::optional<websocket_path> parse_websocket_path(std::string_view target, std::string_view prefix)
{
    auto path = target.substr(0, target.find('?'));
    if (path == "/")
        return websocket_path();
    if (!prefix.empty() && path.starts_with(prefix) && path.substr(prefix.size()).starts_with('/'))
        path.remove_prefix(prefix.size());
    if (path == "/ws")
        return websocket_path();
    if (path.ends_with('/')) // an empty segment is no id
        return std::nullopt;
    auto segments = protocol::parse_rest_target(path).segments;
    if (segments.size() != 3 || segments[0] != "ws" || segments[2].empty() || !is_compat_group(segments[1]))
        return std::nullopt;
    websocket_path found;
    found.native = false;
    found.group = std::move(segments[1]);
    found.connection_id = std::move(segments[2]);
    return found;
}

} // namespace fullon_cache_api::detail
