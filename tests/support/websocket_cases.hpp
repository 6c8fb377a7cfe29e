// The cases of the Autobahn test suite by their numbers: what a peer sends, and what an endpoint that echoes each message must
// send back. 12.* and 13.* are left out: they are about compression, which is not offered here.
#pragma once

#include "support/plain_frames.hpp"
#include "support/websocket_peer.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace support {

struct sent_frame {
    opcode code = opcode::text;
    std::string payload{};
    bool final = true;
    unsigned char reserved = 0; ///< RSV1 to RSV3 as a number from 0 to 7
};

/// What the suite makes of an endpoint that does less than is expected here.
enum class grade : unsigned char {
    strict, ///< it fails
    lenient, ///< "non-strict": it may fail the connection before it has answered what came before, or too late
    informational, ///< the suite only writes down what is done
};

struct conformance_case {
    std::string number;
    std::vector<sent_frame> sends;
    std::size_t chop = 0; ///< bytes that the suite sends at once; 0: all
    std::vector<plain_event>
        answers; ///< in order: messages that come back, pongs, and the close frame, which is always there
    bool fails = false; ///< the close frame is for a broken protocol
    grade level = grade::strict;
    /// How much must come to see that it is broken: frames that are whole, and bytes of the next one's payload.
    std::optional<std::pair<std::size_t, std::size_t>> decided{};
};

/// All of them. Those that end in order end with a close frame of code 1000 by the peer. The suite is milder about the codes
/// that come back: here each is the one that RFC 6455 has for it. Those of 9.* are smaller than in the suite: its 64 KiB to
/// 16 MiB are 4 KiB to 1 MiB, its 1000 messages are 60.
const std::vector<conformance_case>& websocket_cases();

/// The frames up to `frames`, and `payload` bytes of the payload of the one behind them.
std::string bytes_of(const conformance_case& one, bool masked, std::size_t frames, std::size_t payload);
std::string bytes_of(const conformance_case& one, bool masked); ///< all

/// Short, for a message of a test that fails.
std::string to_text(const std::vector<plain_event>& events);

/// Chapter by chapter, for websocket_cases().
void add_frame_cases(std::vector<conformance_case>& to); ///< 1 to 5
void add_utf8_cases(std::vector<conformance_case>& to); ///< 6
void add_closing_cases(std::vector<conformance_case>& to); ///< 7
void add_limit_cases(std::vector<conformance_case>& to); ///< 9 and 10

/// How the cases are written down.
namespace cases {

sent_frame text(std::string payload, bool final = true);
sent_frame more(std::string payload, bool final);
sent_frame ping(std::string payload);
sent_frame close(unsigned code, std::string reason = {});
plain_event says(std::string payload); ///< a text
plain_event pong(std::string payload);
std::vector<sent_frame> in_fragments(const sent_frame& whole, std::size_t size);

/// It ends in order, with 1000.
conformance_case fine(std::string number, std::vector<sent_frame> sends, std::vector<plain_event> answers,
                      std::size_t chop = 0);
/// The peer's own close frame is answered with this code.
conformance_case closed(std::string number, std::vector<sent_frame> sends, std::vector<plain_event> answers,
                        unsigned code);
conformance_case broken(std::string number, std::vector<sent_frame> sends, unsigned code,
                        std::vector<plain_event> answers = {}, std::size_t chop = 0);

} // namespace cases
} // namespace support
