// Which dialect the path of an upgrade asks for. Sans-io.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// What a WebSocket is for.
struct websocket_path {
    /// Speaks the native dialect, and answers the compat one too; else only the compat one of `group`.
    bool native = true;
    std::string group; ///< tickers, accounts, orders, bots, trades, ohlcv or process
    std::string connection_id; ///< chosen by the client, decoded; part of the keys of its streams
};

/// Reads the target of an upgrade; its query does not count. `/` and `/ws` are native, `/ws/{group}/{id}` are compat; what
/// begins with `/ws` also below `prefix` ("/api/v1/cache"). Empty for every other path.
std::optional<websocket_path> parse_websocket_path(std::string_view target, std::string_view prefix);

} // namespace fullon_cache_api::detail
