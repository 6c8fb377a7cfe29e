// Registering processes, and their signs of life.
#pragma once

#include <fullon_cache/process_reader.hpp>

#include <boost/json/object.hpp>

namespace fullon_cache {

/// What changes about a process; empty members leave what is stored.
struct process_update {
    process_update() = default; // no aggregate: g++ 12 destroys those twice inside a co_await expression

    std::optional<std::string> status{}; ///< one of `fullon_orm::process_statuses`
    std::optional<std::string> message{};
    boost::json::object params{}; ///< merged into the stored parameters, member by member
    bool heartbeat = true;        ///< whether the heartbeat is set to now
};

/// Registers processes of the trading system and keeps their state, with the Redis formats of the Python
/// library.
///
/// Each call writes in one step. Updates are merged into what is stored: no update of another writer is lost,
/// and what cannot be read is not overwritten. Times are set to now, by the clock of this machine.
///
/// \code
/// const fullon_cache::process_cache processes(redis); // redis: a started fullon_cache::connection
/// const auto id = co_await processes.register_process("tick", "ticker_daemon");
/// fullon_cache::process_update update;
/// update.status = "running";
/// co_await processes.update_process(id, update); // and again, as a sign of life
/// co_await processes.stop_process(id);
/// \endcode
///
/// \par Errors as in cache_base. `errc::invalid_argument` if a type or status is none of
///             `fullon_orm::process_types` or `fullon_orm::process_statuses`, an id or component is empty, or
///             something could not be read back: nested deeper than 32 levels, a number that is not finite,
///             text that is not UTF-8.
class process_cache : public process_reader {
public:
    using process_reader::process_reader;

    /// Registers a process, and makes it the one that its component runs as.
    ///
    /// Redis: `process:data:{id}` (expires after 24 h), a field of `process:active:{type}`, a field of
    /// `process:components`.
    /// \param message `Process {component} registered` if there is none.
    /// \returns the id, for the other methods.
    /// \par Retry harmless, but it registers a second process: nobody knows the id of the first one, which
    ///            becomes stale.
    boost::asio::awaitable<std::string> register_process(std::string process_type, std::string component,
                                                         boost::json::object params = {},
                                                         std::optional<std::string> message = {},
                                                         std::string status = "starting") const;

    /// Updates a process, and by default gives its sign of life. Its data expire 24 h later.
    /// \returns false, without a write, if there is no such process or it has stopped: whoever starts again
    ///          registers again.
    /// \par Cancellation terminal; all of it is written, or nothing.
    /// \par Retry safe.
    /// \throws cache_error `errc::serialization` if what is stored is unreadable; `errc::timeout` also if
    ///         others kept changing it
    boost::asio::awaitable<bool> update_process(std::string process_id, process_update update = {}) const;

    /// Sets the status to `stopped`, and takes the process off the active ones and off its component. Its
    /// data stay for 24 h.
    /// \returns whether there is such a process, also if it had stopped before.
    /// \par Cancellation terminal; all of it is written, or nothing.
    /// \par Retry safe.
    /// \throws cache_error as update_process()
    boost::asio::awaitable<bool> stop_process(std::string process_id,
                                              std::string message = "Process stopped") const;

    /// Stops every process that was not updated for this long, and takes it off the active ones.
    ///
    /// Each process in a step of its own, and only if it has not been updated since it was read. The data
    /// stay for 24 h; unreadable data are left alone.
    /// \returns how many processes there were.
    /// \par Retry safe.
    /// \throws cache_error `errc::invalid_argument` if the time is below zero
    boost::asio::awaitable<std::int64_t>
    cleanup_stale_processes(std::chrono::minutes older_than = std::chrono::minutes(30)) const;

    /// Stops the process that a component runs as, as stop_process() does. Does nothing for an empty name.
    /// \returns how many processes there were: 0 or 1.
    /// \par Retry safe; it may stop a process that was registered meanwhile.
    boost::asio::awaitable<std::int64_t> delete_from_top(std::string component = {}) const;

    /// Publishes a message to all processes of a type.
    ///
    /// Redis: PUBLISH on `process:broadcast:{type}` of `{"message": ..., "data": ..., "timestamp": ISO
    /// 8601}`.
    /// \returns how many connections to Redis received it.
    /// \par Retry not safe: the message may be received twice.
    boost::asio::awaitable<std::int64_t> broadcast_message(std::string process_type, std::string message,
                                                           boost::json::object data = {}) const;

private:
    struct calls;
};

} // namespace fullon_cache
