// State number n: one value of n for every kind of stream, written into Redis by hand, and what streams must then show.
#pragma once

#include "support/redis_cli.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace faults {

/// Writes state n > 0 in place of the one before. Even and odd states differ in which items there are.
void write_state(support::redis_cli& redis, long n);

/// What a stream of that operation shows of state n, item by item. State 0 is an empty Redis: events stay what they were.
std::map<std::string, std::string> expected_view(std::string_view operation, long n);

/// A stream (or all of a connection) as it is told: the last value of each item.
class view {
public:
    /// A message of the protocol.
    void apply(const boost::json::object& message);

    std::string lacks(std::string_view operation, long n) const;
    const std::string& violations() const noexcept { return violations_; }
    std::size_t received() const noexcept { return received_; }

    /// Streams of one connection: a snapshot tells events again that another stream has told already.
    bool shared = false;

private:
    void event(std::string what, double place, bool snapshot);

    std::map<std::string, std::string> items_;
    std::map<std::string, double> events_; // the last of each kind
    std::string violations_;
    std::size_t received_ = 0;
};

struct followed {
    std::string operation;
    std::string params;
};
/// Every kind of stream, on what write_state() writes; those with a wider variant twice.
const std::vector<followed>& followed_streams();

} // namespace faults
