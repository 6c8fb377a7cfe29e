// Bodies of catalogue.hpp: what an error of the cache is on the wire.
#pragma once

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>

#include <fullon_cache/error.hpp>
#include <fullon_cache/redis_text.hpp>
#include <fullon_log/failure_text.hpp>
#include <fullon_log/logger.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

// What Redis does not let this server do. Its error texts quote no stored data.
std::string refusal_text(const fullon_cache::cache_error& failure)
{
    constexpr std::string_view tracking = "CLIENT TRACKING: "; // as link::track() says it
    const std::string_view said = failure.diagnostics();
    if (said.starts_with(tracking))
        return "Redis refuses CLIENT TRACKING, which streams need: " +
               fullon_cache::shown_error(said.substr(tracking.size()));
    return failure.code() == fullon_cache::errc::permission_denied
               ? "this server's Redis user may not read it"
               : "Redis answered: " + fullon_cache::shown_error(said);
}

outcome cache_failure(const fullon_cache::cache_error& failure)
{
    using fullon_cache::errc;
    switch (static_cast<errc>(failure.code().value())) {
    case errc::timeout: return outcome::failed(error::timeout, "Redis did not answer in time");
    case errc::serialization:
    case errc::wrong_type: return outcome::failed(error::corrupt_entry, "the cached entry is unreadable");
    case errc::permission_denied:
    case errc::authentication:
    case errc::server_error: return outcome::failed(error::cache_unavailable, refusal_text(failure));
    case errc::protocol:
        return outcome::failed(error::cache_unavailable, "Redis answered with an unexpected reply");
    case errc::invalid_argument: return outcome::failed(error::invalid_params, failure.diagnostics());
    case errc::unavailable: // of a Redis that is there the link says in its own words why it is not read
        return outcome::failed(error::cache_unavailable, failure.diagnostics().starts_with("this Redis")
                                                             ? failure.diagnostics()
                                                             : "Redis is not available");
    case errc::out_of_memory:
    case errc::read_only:
    case errc::closed:
    case errc::unknown_outcome: // of writes; this library has none
    case errc::too_many_clients:
    case errc::no_replicas:
    case errc::unblocked:
    case errc::too_large: return outcome::failed(error::cache_unavailable, "Redis is not available");
    }
    return outcome::failed(error::internal_error, "internal error");
}

} // namespace

outcome failure_of(const std::exception_ptr& thrown)
{
    const auto log = fullon_log::get_component_logger("fullon.api.cache");
    try {
        std::rethrow_exception(thrown);
    } catch (const fullon_cache::cache_error& failure) {
        return cache_failure(failure); // the cache has logged it
    } catch (const boost::system::system_error& failure) {
        const auto code = static_cast<error>(failure.code().value());
        if (failure.code().category() == api_category() && !wire_name(code).empty()) {
            std::string text = failure.what();
            // system_error appends ": <message>" to the text it was given; the wire wants the text.
            const std::string tail = ": " + failure.code().message();
            if (const auto at = text.rfind(tail); at != std::string::npos)
                text.erase(at);
            else // thrown without words
                text = failure.code().message();
            return outcome::failed(code, std::move(text));
        }
        if (failure.code() == boost::asio::error::timed_out)
            return outcome::failed(error::timeout, "Redis did not answer in time");
        log.error("operation failed", {{"error", fullon_log::failure_text(failure)}});
    } catch (const std::exception& failure) {
        log.error("operation failed", {{"error", fullon_log::failure_text(failure)}});
    } catch (...) {
        log.error("operation failed", {{"error", "an exception of an unknown type"}});
    }
    return outcome::failed(error::internal_error, "internal error");
}

} // namespace fullon_cache_api::detail
