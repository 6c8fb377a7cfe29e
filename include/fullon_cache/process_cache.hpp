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

/// Writes processes, in the commands of the Python library, each call in one step. No update of another writer is lost, and
/// what is stored and cannot be read is not overwritten. Times are now.
class process_cache : public process_reader {
public:
    using process_reader::process_reader;

    /// Registers a process. \returns its id.
    /// \par Retry not harmful, but registers another one: the first one's id is in nobody's hands, and it is stale soon.
    /// \throws cache_error invalid_argument when the type or the status is none of those that there are, the component is
    ///         empty, or the parameters could not be read back (nested deeper than 32 levels in all, a number that is not
    ///         finite, text that is no UTF-8).
    boost::asio::awaitable<std::string> register_process(std::string process_type, std::string component,
                                                         boost::json::object params = {},
                                                         std::optional<std::string> message = {},
                                                         std::string status = "starting") const;

    /// \returns whether there is such a process that has not stopped. One that has stays so: who starts again registers.
    /// \par Cancellation terminal; all of it is written, or surely nothing.
    /// \par Retry safe.
    /// \throws cache_error invalid_argument, serialization, timeout.
    boost::asio::awaitable<bool> update_process(std::string process_id, process_update update = {}) const;

    /// Says that it has stopped; it is no longer active, its data stay for 24 h. \returns whether there is such a process,
    /// stopped before or not.
    /// \par Cancellation terminal; all of it is written, or surely nothing.
    /// \par Retry safe.
    boost::asio::awaitable<bool> stop_process(std::string process_id,
                                              std::string message = "Process stopped") const;

    /// Those that were not updated for so long are no longer active, and stopped, each in one step and only if it has not
    /// been updated meanwhile; their data stay for 24 h. \returns how many there were.
    /// \par Retry safe.
    /// \throws cache_error invalid_argument below zero.
    boost::asio::awaitable<std::int64_t>
    cleanup_stale_processes(std::chrono::minutes older_than = std::chrono::minutes(30)) const;

    /// Stops the process that a component runs as, as stop_process() does; nothing for an empty name. \returns how many
    /// there were: 0 or 1.
    /// \par Retry safe, but for a process that was registered meanwhile.
    boost::asio::awaitable<std::int64_t> delete_from_top(std::string component = {}) const;

    /// Tells all processes of a type. Redis: channel `process:broadcast:{type}`, payload
    /// `{"message", "data", "timestamp": ISO 8601}`. \returns how many connections to Redis got it.
    /// \par Retry may tell it twice.
    /// \throws cache_error invalid_argument as register_process()
    boost::asio::awaitable<std::int64_t> broadcast_message(std::string process_type, std::string message,
                                                           boost::json::object data = {}) const;

private:
    struct calls;
};

} // namespace fullon_cache
