// Bodies of writer.hpp.
#pragma once

#include <fullon_log/impl/line.hpp>
#include <fullon_log/impl/writer.hpp>

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <atomic>
#include <type_traits>
#include <utility>

#include <csignal>
#include <unistd.h>

namespace fullon_log::detail {
namespace {

static_assert(std::is_same_v<line_buffer, spdlog::memory_buf_t>);

spdlog::level::level_enum to_spdlog(level severity) noexcept
{
    switch (severity) {
    case level::debug: return spdlog::level::debug;
    case level::info: return spdlog::level::info;
    case level::warning: return spdlog::level::warn;
    case level::error: return spdlog::level::err;
    case level::critical: return spdlog::level::critical;
    case level::off: break;
    }
    return spdlog::level::off;
}

level from_spdlog(spdlog::level::level_enum severity) noexcept
{
    switch (severity) {
    case spdlog::level::warn: return level::warning;
    case spdlog::level::err: return level::error;
    case spdlog::level::critical: return level::critical;
    case spdlog::level::info: return level::info;
    default: return level::debug;
    }
}

class line_formatter : public spdlog::formatter {
public:
    line_formatter(fullon_log::format look, bool colors, int process)
        : look_(look), colors_(colors), process_(process)
    {}

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override
    {
        const line_head head{message.time, from_spdlog(message.level),
                             std::string_view(message.logger_name.data(), message.logger_name.size()),
                             static_cast<std::uint64_t>(process_), message.thread_id};
        append_line(out, look_, colors_, head, {message.payload.data(), message.payload.size()});
    }

    std::unique_ptr<spdlog::formatter> clone() const override
    {
        return std::make_unique<line_formatter>(look_, colors_, process_);
    }

private:
    fullon_log::format look_;
    bool colors_;
    int process_;
};

// Asked once per thread: it is a system call. spdlog's own memory of it is wrong in a forked child.
std::size_t thread_in(int process) noexcept
{
    thread_local int known_in = 0;
    thread_local std::size_t id = 0;
    if (known_in != process) {
        id = static_cast<std::size_t>(::gettid());
        known_in = process;
    }
    return id;
}

spdlog::details::log_msg message_of(int process, spdlog::level::level_enum severity,
                                    std::string_view component, std::string_view payload)
{
    spdlog::details::log_msg message(spdlog::string_view_t(component.data(), component.size()), severity,
                                     spdlog::string_view_t(payload.data(), payload.size()));
    message.thread_id = thread_in(process);
    return message;
}

} // namespace

// Only the worker writes, so no lock is needed.
class file_sink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    explicit file_sink(std::shared_ptr<log_file> file) : file_(std::move(file)) {}

    std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }

    bool counting = true; // off for lines that are not the host's

protected:
    void sink_it_(const spdlog::details::log_msg& message) override
    {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (!file_->write({line.data(), line.size()}) && counting)
            lost_.fetch_add(1, std::memory_order_relaxed);
    }
    void flush_() override {} // every line is written at once

private:
    std::shared_ptr<log_file> file_;
    std::atomic<std::uint64_t> lost_{0};
};

// Stands before the outputs: where lines are missing it says so, at most once a second while it goes on.
class drop_reporter : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    drop_reporter(format look, int process, std::vector<spdlog::sink_ptr> outputs,
                  std::shared_ptr<file_sink> file)
        : look_(look), process_(process), outputs_(std::move(outputs)), file_(std::move(file))
    {}

    void watch(spdlog::details::thread_pool& pool) noexcept { pool_ = &pool; }

    std::uint64_t dropped() const noexcept
    {
        return (file_ ? file_->lost() : 0) + (pool_ ? pool_->overrun_counter() : overrun_);
    }

    // The pool's count outlives the pool: keep it before, forget the pool after its end.
    void keep_count() noexcept { overrun_ = pool_->overrun_counter(); }
    void unwatch() noexcept { pool_ = nullptr; }

    void report()
    {
        const auto total = dropped();
        if (total == reported_)
            return;
        line_buffer payload;
        const field fields[] = {{"dropped", total - reported_}, {"total", total}};
        append_payload(payload, look_, "Log lines dropped", fields);
        reported_ = total;
        const auto message =
            message_of(process_, spdlog::level::warn, "fullon.log", {payload.data(), payload.size()});
        if (file_)
            file_->counting = false; // a lost report must not call for another one
        for (const auto& output : outputs_)
            output->log(message);
        if (file_)
            file_->counting = true;
    }

protected:
    void sink_it_(const spdlog::details::log_msg& message) override
    {
        // By the lines' own clock: it costs nothing and a backlog is not reported line by line.
        if (message.time < next_report_ && pool_ && pool_->queue_size() > 0)
            return;
        if (dropped() == reported_)
            return;
        next_report_ = message.time + std::chrono::seconds(1);
        report();
    }
    void flush_() override {}

private:
    fullon_log::format look_;
    int process_;
    std::vector<spdlog::sink_ptr> outputs_;
    std::shared_ptr<file_sink> file_;
    spdlog::details::thread_pool* pool_ = nullptr;
    std::uint64_t overrun_ = 0;
    std::uint64_t reported_ = 0;
    spdlog::log_clock::time_point next_report_{};
};

writer::writer(const config& settings) : look_(settings.format), process_(::getpid())
{
    std::shared_ptr<file_sink> file_output;
    if (!settings.file.empty()) {
        file_ = std::make_shared<log_file>(settings.file, settings.rotation_bytes, settings.retention);
        file_output = std::make_shared<file_sink>(file_);
        file_output->set_formatter(std::make_unique<line_formatter>(look_, false, process_));
    }
    if (settings.console) {
        const bool colors = settings.colors && ::isatty(STDERR_FILENO) == 1;
        auto console = std::make_shared<spdlog::sinks::stderr_sink_st>();
        console->set_formatter(std::make_unique<line_formatter>(look_, colors, process_));
        outputs_.push_back(std::move(console));
    }
    if (file_output)
        outputs_.push_back(file_output);

    drops_ = std::make_shared<drop_reporter>(look_, process_, outputs_, std::move(file_output));
    std::vector<spdlog::sink_ptr> all{drops_};
    all.insert(all.end(), outputs_.begin(), outputs_.end());
    backend_ = std::make_shared<spdlog::async_logger>("fullon_log", all.begin(), all.end(),
                                                      std::weak_ptr<spdlog::details::thread_pool>());
    pool_ = std::make_unique<spdlog::details::thread_pool>(std::max<std::size_t>(settings.queue_lines, 1), 1,
                                                           [this] { run_setup(); });
    drops_->watch(*pool_);
}

writer::~writer()
{
    finish();
}

std::uint64_t writer::finish() noexcept
{
    if (pool_) {
        start();
        drops_->keep_count(); // final: nobody posts any more
        pool_.reset();        // drains and joins
        drops_->unwatch();
        try {
            drops_->report();
        } catch (...) { // the caller has the number
        }
    }
    return dropped();
}

std::filesystem::path writer::created_folder() const
{
    return file_ ? file_->created_folder() : std::filesystem::path();
}

void writer::post(level severity, std::string_view component, std::string_view payload)
{
    const auto message = message_of(process_, to_spdlog(severity), component, payload);
    pool_->post_log(std::shared_ptr(backend_), message, spdlog::async_overflow_policy::overrun_oldest);
}

void writer::start() noexcept
{
    if (std::exchange(is_started_, true))
        return;
    started_.count_down();
}

bool writer::is_foreign() const noexcept
{
    return ::getpid() != process_;
}

std::uint64_t writer::dropped() const noexcept
{
    return drops_->dropped();
}

// What the thread does first.
void writer::run_setup() noexcept
{
    // The host's signals belong to the host's threads, and a closed pipe must be an error of write(2).
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    started_.wait();
    if (file_)
        file_->reopen();
}

} // namespace fullon_log::detail
