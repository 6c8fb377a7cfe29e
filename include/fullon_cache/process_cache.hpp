// Registering processes, and their signs of life.
#pragma once

#include <fullon_cache/process_reader.hpp>

#include <boost/json/object.hpp>

namespace fullon_cache {

/// What changes about a process; empty means unchanged.
struct process_update {
    process_update() = default; // no aggregate: g++ 12 destroys those twice inside a co_await expression

    std::optional<std::string> status{}; ///< one of `fullon_orm::process_statuses`
    std::optional<std::string> message{};
    boost::json::object params{}; ///< merged into the stored ones
    bool heartbeat = true;        ///< whether this is a sign of life
};

/// Writes processes, in the commands of the Python library. No update of another writer is lost. Times are now.
class process_cache : public process_reader {
public:
    using process_reader::process_reader;

    /// Registers a process. \returns its id. \throws cache_error invalid_argument when the type or the status is none of
    /// those that there are, or the component is empty.
    boost::asio::awaitable<std::string> register_process(std::string process_type, std::string component,
                                                         boost::json::object params = {},
                                                         std::optional<std::string> message = {},
                                                         std::string status = "starting") const;

    /// \returns whether there is such a process. \throws cache_error invalid_argument, serialization, timeout.
    boost::asio::awaitable<bool> update_process(std::string process_id, process_update update = {}) const;

    /// Says that it has stopped; it is no longer active, its data stay for 24 h. \returns whether there is such a process.
    boost::asio::awaitable<bool> stop_process(std::string process_id,
                                              std::string message = "Process stopped") const;

    /// Takes those that were not updated for so long off the active ones. \returns how many there were.
    boost::asio::awaitable<std::int64_t>
    cleanup_stale_processes(std::chrono::minutes older_than = std::chrono::minutes(30)) const;

    /// Forgets every process of a component, of all components when it is empty. \returns how many there were.
    boost::asio::awaitable<std::int64_t> delete_from_top(std::string component = {}) const;

    /// Tells all processes of a type. Redis: channel `process:broadcast:{type}`, payload
    /// `{"message", "data", "timestamp": ISO 8601}`. \returns how many connections to Redis got it.
    boost::asio::awaitable<std::int64_t> broadcast_message(std::string process_type, std::string message,
                                                           boost::json::object data = {}) const;
};

} // namespace fullon_cache
