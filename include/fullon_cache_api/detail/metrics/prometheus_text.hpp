// Metrics in the text format that Prometheus reads (version 0.0.4). Sans-io.
#pragma once

#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

inline constexpr std::string_view prometheus_content_type = "text/plain; version=0.0.4; charset=utf-8";

/// One family after the other; the samples of a family follow its begin_family(). Names are written as they are given,
/// texts escaped.
class prometheus_text {
public:
    enum class kind : std::uint8_t { counter, gauge, histogram };
    using label = std::pair<std::string_view, std::string_view>;

    void begin_family(std::string_view name, kind type, std::string_view help);

    void add(std::span<const label> labels, std::uint64_t value);
    void add(std::span<const label> labels, double value);

    /// `bounds` are the classes of `value`, in seconds.
    void add(std::span<const label> labels, const latency_metrics& value, std::span<const double> bounds);

    const std::string& text() const& noexcept { return text_; }
    std::string text() && noexcept { return std::move(text_); }

private:
    template <class Number>
    void sample(std::string_view suffix, std::span<const label> labels, Number value);

    std::string text_;
    std::string name_; // of the family
};

/// All that a server tells, under names that begin with `fullon_cache_`.
std::string to_prometheus(const metrics_snapshot& now);

} // namespace fullon_cache_api::detail
