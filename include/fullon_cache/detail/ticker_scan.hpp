// Reading the ticker hash of an exchange: shared by the cache's readers and the server's verification.
#pragma once

#include <fullon_cache/detail/link.hpp>

#include <fullon_orm/tick.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache::detail {

/// One field of the hash. `readable` is false when it is there but no tick can be made of it.
struct stored_tick {
    std::string symbol;
    bool present = false;
    bool readable = false;
    fullon_orm::tick value{};
};

/// Decodes one stored value; an unreadable one is logged with its key.
stored_tick read_stored_tick(std::string_view exchange, std::string symbol, std::optional<std::string> json);

/// HMGET of these symbols, in their order; present or not.
boost::asio::awaitable<std::vector<stored_tick>> read_ticks(std::shared_ptr<link> redis, std::string exchange,
                                                            std::vector<std::string> symbols);

/// One HSCAN step over the hash.
struct tick_page {
    std::string cursor; ///< "0" after the last page
    std::vector<stored_tick> ticks{};
};
boost::asio::awaitable<tick_page> scan_ticks(std::shared_ptr<link> redis, std::string exchange,
                                             std::string cursor);

} // namespace fullon_cache::detail
