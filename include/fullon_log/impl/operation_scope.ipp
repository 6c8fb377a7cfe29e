// Bodies of operation_scope.hpp.
#pragma once

#include <fullon_log/cut_text.hpp>
#include <fullon_log/operation_scope.hpp>

#include <algorithm>
#include <exception>

namespace fullon_log {

operation_scope::operation_scope(logger log, std::string_view operation, std::initializer_list<field> fields,
                                 std::chrono::steady_clock::time_point begun) noexcept
    : log_(log), exceptions_(std::uncaught_exceptions()), begun_(begun)
{
    keep(operation, fields);
    if (log_.enabled(level::debug))
        write(level::debug, "operation started", {}, {});
}

operation_scope::~operation_scope()
{
    const auto latency = std::chrono::steady_clock::now() - begun_;
    auto severity = level::debug;
    std::string_view message = "operation ended", status = "ok";
    if (outcome_ == outcome::failed ||
        (outcome_ == outcome::unknown && std::uncaught_exceptions() > exceptions_)) {
        severity = level::error;
        message = "operation failed";
        status = "failed";
    } else if (outcome_ == outcome::cancelled) {
        message = "operation cancelled";
        status = "cancelled";
    } else if (latency > slow_operation && !waits_) {
        severity = level::warning;
        message = "slow operation";
    }
    if (!log_.enabled(severity))
        return;
    std::uint64_t lines_left_out = 0;
    if (budget_ && severity != level::debug) {
        if (budget_->take())
            lines_left_out = budget_->left_out();
        else if (severity = level::debug; !log_.enabled(severity))
            return;
    }
    write(severity, message, status, std::chrono::duration<double, std::milli>(latency).count(),
          lines_left_out);
}

void operation_scope::failed(std::string_view reason) noexcept
{
    outcome_ = outcome::failed;
    try {
        reason_ = cut_text(reason, 1000);
    } catch (...) { // no memory: that it failed is what matters
        reason_.clear();
    }
}

// Copies all texts behind one another, and points the fields at the copies. Long ones are cut.
void operation_scope::keep(std::string_view operation, std::initializer_list<field> fields) noexcept
try {
    kept_ = std::min(fields.size(), most_fields);
    left_out_ = fields.size() - kept_;
    std::copy_n(fields.begin(), kept_, fields_);
    std::string cut[most_fields];
    std::size_t size = operation.size();
    for (std::size_t i = 0; i < kept_; ++i) {
        field& kept = fields_[i];
        if (kept.type == field::kind::text && kept.text.size() > longest_text) {
            cut[i] = cut_text(kept.text, longest_text);
            kept.text = cut[i];
        }
        size += kept.key.size() + (kept.type == field::kind::text ? kept.text.size() : 0);
    }

    char* to = texts_;
    if (size > sizeof texts_) {
        long_texts_.resize(size);
        to = long_texts_.data();
    }
    const auto copy = [&to](std::string_view text) {
        const std::string_view copied(to, text.copy(to, text.size()));
        to += copied.size();
        return copied;
    };
    operation_ = copy(operation);
    for (std::size_t i = 0; i < kept_; ++i) {
        fields_[i].key = copy(fields_[i].key);
        if (fields_[i].type == field::kind::text)
            fields_[i].text = copy(fields_[i].text);
    }
} catch (...) { // no memory: its name alone
    kept_ = 0;
    left_out_ = fields.size();
    operation_ = std::string_view(texts_, operation.copy(texts_, sizeof texts_));
}

void operation_scope::write(level severity, std::string_view message, std::string_view status,
                            std::optional<double> latency_ms, std::uint64_t lines_left_out) const noexcept
{
    field line[1 + most_fields + 6]; // the operation, those given, and what follows here
    std::size_t count = 0;
    const auto add = [&](const field& each) { line[count++] = each; };
    add({"operation", operation_});
    for (std::size_t i = 0; i < kept_; ++i)
        add(fields_[i]);
    if (latency_ms)
        add({"latency_ms", *latency_ms});
    if (hit_)
        add({"cache_hit", *hit_});
    if (!status.empty())
        add({"status", status});
    if (outcome_ == outcome::failed && !reason_.empty())
        add({"error", reason_});
    if (left_out_ > 0)
        add({"fields_left_out", left_out_});
    if (lines_left_out > 0)
        add({"lines_left_out", lines_left_out});
    log_.write(severity, message, {line, count});
}

} // namespace fullon_log
