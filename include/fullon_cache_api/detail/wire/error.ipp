// Bodies of error.hpp: one table for names and texts.
#pragma once

#include <fullon_cache_api/error.hpp>

#include <array>
#include <string>

namespace fullon_cache_api {
namespace {

struct error_row {
    error value;
    std::string_view wire;
    std::string_view text;
};

constexpr std::array<error_row, 18> error_rows{{
    {error::malformed_message, "MALFORMED_MESSAGE", "malformed message"},
    {error::invalid_operation, "INVALID_OPERATION", "unknown operation"},
    {error::invalid_params, "INVALID_PARAMS", "invalid parameter"},
    {error::cache_miss, "CACHE_MISS", "not in the cache"},
    {error::corrupt_entry, "CORRUPT_ENTRY", "the cached entry is unreadable"},
    {error::cache_unavailable, "CACHE_UNAVAILABLE", "the cache is unavailable"},
    {error::timeout, "TIMEOUT", "no answer in time"},
    {error::health_check_failed, "HEALTH_CHECK_FAILED", "the health check failed"},
    {error::rate_limited, "RATE_LIMITED", "too many requests in flight"},
    {error::limit_exceeded, "LIMIT_EXCEEDED", "a limit is exceeded"},
    {error::unauthenticated, "UNAUTHENTICATED", "not authenticated"},
    {error::forbidden, "FORBIDDEN", "forbidden"},
    {error::shutting_down, "SHUTTING_DOWN", "the server is shutting down"},
    {error::internal_error, "INTERNAL_ERROR", "internal error"},
    {error::closed, "", "closed"},
    {error::disconnected, "", "not connected to the server"},
    {error::protocol, "", "the peer does not speak this protocol"},
    {error::invalid_url, "", "neither a ws:// nor a wss:// URL"},
}};

const error_row* find_row(error value) noexcept
{
    for (const auto& row : error_rows)
        if (row.value == value)
            return &row;
    return nullptr;
}

class api_category_impl final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "fullon.cache_api"; }
    std::string message(int value) const override
    {
        const auto* row = find_row(static_cast<error>(value));
        return row ? std::string(row->text) : "unknown fullon.cache_api error";
    }
};

} // namespace

const boost::system::error_category& api_category() noexcept
{
    static const api_category_impl category;
    return category;
}

boost::system::error_code make_error_code(error value) noexcept
{
    return {static_cast<int>(value), api_category()};
}

std::string_view wire_name(error value) noexcept
{
    const auto* row = find_row(value);
    return row ? row->wire : std::string_view();
}

error error_from_wire(std::string_view name) noexcept
{
    for (const auto& row : error_rows)
        if (!row.wire.empty() && row.wire == name)
            return row.value;
    return error::protocol;
}

} // namespace fullon_cache_api
