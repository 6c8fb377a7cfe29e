// Whether memory that is looked at again and again grows.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace soak {

/// Bytes at points of time, in seconds.
class memory_line {
public:
    void add(double time, double bytes) { points_.emplace_back(time, bytes); }

    std::size_t size() const noexcept { return points_.size(); }
    double first() const { return points_.empty() ? 0 : points_.front().second; }
    double last() const { return points_.empty() ? 0 : points_.back().second; }

    /// Bytes per second, of the straight line that is nearest to all points.
    double slope() const
    {
        const auto count = static_cast<double>(points_.size());
        double time_sum = 0;
        double byte_sum = 0;
        for (const auto& [time, bytes] : points_) {
            time_sum += time;
            byte_sum += bytes;
        }
        double above = 0;
        double below = 0;
        for (const auto& [time, bytes] : points_) {
            above += (time - time_sum / count) * (bytes - byte_sum / count);
            below += (time - time_sum / count) * (time - time_sum / count);
        }
        return below > 0 ? above / below : 0;
    }

    /// What the line has grown by from the first point to the last.
    double growth() const
    {
        return points_.empty() ? 0 : slope() * (points_.back().first - points_.front().first);
    }

private:
    std::vector<std::pair<double, double>> points_;
};

} // namespace soak
