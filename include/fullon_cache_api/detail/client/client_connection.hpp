// One physical connection of a client. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/client/client_state.hpp>

namespace fullon_cache_api::detail {

struct client_state::connection {
    connection(const boost::asio::any_io_executor& executor, std::unique_ptr<transport> opened,
               std::function<void(std::string_view, std::exception_ptr)> on_failure)
        : link(std::move(opened)), wake(executor), tasks(executor, std::move(on_failure))
    {}

    std::unique_ptr<transport> link;
    outbox out;
    fullon_coro::notifier wake;     // of the writer
    fullon_coro::task_group tasks;  // the writer, and what subscribes again
    clock::time_point since = clock::now();
    std::string problem;                     // why it is to be given up
    bool closing = false;                    // the writer does the close handshake when all is written
    bool over = false;
};

} // namespace fullon_cache_api::detail
