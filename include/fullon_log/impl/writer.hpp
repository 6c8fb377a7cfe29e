// The thread that writes log lines: spdlog's bounded queue and worker, between our rendering and the outputs.
#pragma once

#include <fullon_log/configure.hpp>
#include <fullon_log/impl/log_file.hpp>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <cstddef>
#include <cstdint>
#include <latch>
#include <memory>
#include <string_view>
#include <vector>

namespace fullon_log::detail {

class drop_reporter;

// Its thread waits for start(): lines posted before that are kept in order behind those of an older writer.
class writer {
public:
    explicit writer(const config& settings); // throws configuration_error
    ~writer();

    format look() const noexcept { return look_; }

    // Of the file; empty if it was there, or there is no file.
    std::filesystem::path created_folder() const;

    // Never waits for an output: a full queue drops its oldest line.
    void post(level severity, std::string_view component, std::string_view payload);

    void start() noexcept;

    // Writes what is queued and ends the thread; gives the number of lines lost. Nobody may be posting any more.
    std::uint64_t finish() noexcept;

    // Made by the process that forked this one: its thread does not exist here.
    bool is_foreign() const noexcept;

    // Lines lost so far, in the queue and at the file.
    std::uint64_t dropped() const noexcept;

    std::size_t users = 0; // callers inside post(), guarded by whoever hands the writer out

private:
    void run_setup() noexcept;

    format look_;
    std::vector<spdlog::sink_ptr> outputs_;
    std::shared_ptr<log_file> file_;
    std::shared_ptr<drop_reporter> drops_;
    std::shared_ptr<spdlog::async_logger> backend_; // hands what the worker takes to drops_, then outputs_
    std::latch started_{1};
    bool is_started_ = false;
    int process_;
    std::unique_ptr<spdlog::details::thread_pool> pool_; // last: its destructor drains into the above
};

} // namespace fullon_log::detail
